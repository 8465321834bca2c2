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
    hash: 'a4986ad8b9d78b288717205de027cbb9866e5dffa587545d5f638547b9d32830',
    change: 'system, streams, auth, users, groups, contacts and chat',
  },
]
