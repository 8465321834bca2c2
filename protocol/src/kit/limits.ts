/** Limits of the service with their defaults; each can be configured and each has its own error at n + 1. */
export const limitDefaults = {
  /** Largest message body, bytes of UTF-8. */
  messageBytes: 16 * 1024,
  /** Largest frame and request body, bytes. */
  frameBytes: 128 * 1024,
  /** Largest frame before sign-in, bytes. */
  unauthenticatedFrameBytes: 8 * 1024,
  /** Deepest nesting of an input. */
  jsonDepth: 16,
  /** Most keys in one input. */
  jsonKeys: 256,
  /** Most calls of one connection without an answer yet. */
  inFlight: 64,
  /** Calls per second of one person, averaged. */
  opsPerSecond: 20,
  /** Calls of one person at once. */
  opsBurst: 60,
  /** Sign-ins, registrations and guests per minute of one address. */
  signInsPerMinute: 30,
  /** Refused tokens and keys per minute of one address, before it has to wait. */
  failuresPerMinute: 60,
  connectionsPerUser: 20,
  connectionsPerIp: 100,
  /** Connections of one person that may be event streams. */
  eventStreamsPerUser: 4,
  /** Streams that a connection may join beside its own. */
  joinedStreams: 64,
  /** Most keys of an activity's shared state, and of a participant's own. */
  stateKeys: 1024,
  /** Largest value of a state, bytes of JSON. */
  stateValueBytes: 16 * 1024,
  /** Largest state in all, bytes of JSON. */
  stateBytes: 1024 * 1024,
  /** Largest data of a person's presence, bytes of JSON. */
  presenceDataBytes: 1024,
  /** People of one place whose presence is told one by one; beyond, they are counted. */
  presenceAudience: 200,
  /** Most people whose presence one connection follows. */
  presencePeople: 2000,
  /** Most items of a page. */
  pageItems: 200,
  /** Largest page, bytes. */
  pageBytes: 256 * 1024,
  /** Most characters of a name. */
  nameCharacters: 80,
  /** Unsent bytes of a reader before its connection ends with `slow_consumer`. */
  readerQueueBytes: 1024 * 1024,
  /** Most people in a direct chat. */
  directMembers: 50,
  /** Time for an operation's answer, milliseconds. */
  operationTimeoutMs: 10_000,
} as const

export type Limits = { [K in keyof typeof limitDefaults]: number }
