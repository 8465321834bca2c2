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
    hash: '35c49f5da3fcfd3b2cd8b8fe8266a1232f28e83741ae9b6cfa3e636d3ad9a470',
    change: 'system, streams, auth, users and chat',
  },
]
