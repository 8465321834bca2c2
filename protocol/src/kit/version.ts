/** Version of the wire; rises with every change that an older peer would misread. */
export const PROTOCOL_VERSION = 1
/** Oldest client the service still talks with. */
export const OLDEST_PROTOCOL_VERSION = 1

/**
 * Every change of the declared schemas, newest last: the hash is compared by a test, so that no change of the wire is
 * made by accident.
 */
export const history: readonly { version: number; hash: string; change: string }[] = [
  {
    version: 1,
    hash: '8ed429d47848f1ac955b3206de389cab3c4f9d161f3500ade603528e2138e404',
    change: 'system, streams, auth, users, groups, contacts, presence, activities and chat',
  },
]
