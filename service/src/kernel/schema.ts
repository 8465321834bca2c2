import type { DatabaseSync } from 'node:sqlite'

/** The tables. Times are ISO 8601 text, JSON is text, truth is 0 or 1. */
export interface Database {
  /** Facts of the whole database: schema version, epoch, signing keys. */
  meta: { key: string; value: string }
  /** Heads: the last `seq` given in a stream. */
  streams: { key: string; head: number }
  /** Every durable event; a message is its own row here, holding its current state. */
  log: {
    stream: string
    seq: number
    name: string
    at: string
    actor: string | null
    connection: string | null
    command_id: string | null
    /** Counts a chat's messages; null for every other event. */
    number: number | null
    /** Set for messages: unique per stream and actor. */
    client_message_id: string | null
    data: string
  }
  /** Remembered replies. */
  commands: {
    actor: string
    operation: string
    command_id: string
    input_hash: string
    reply: string
    at: string
  }
  users: {
    username: string
    display_name: string
    first_name: string | null
    last_name: string | null
    email: string | null
    picture: string | null
    role: 'guest' | 'user' | 'admin'
    password_hash: string | null
    disabled_at: string | null
    /** The account is gone; its name stays taken, so that nobody else speaks under it. */
    deleted_at: string | null
    created_at: string
    /** Whose tokens speak for this person; null for accounts of the service. */
    issuer: string | null
    /** Tokens that were issued before are worth nothing. */
    tokens_from: string | null
    /** When all connections were last ended at once. */
    cut_at: string | null
  }
  user_properties: {
    username: string
    name: string
    /** JSON. */
    value: string
  }
  /** Whom people hear nothing of. */
  blocks: {
    owner: string
    username: string
    created_at: string
  }
  contacts: {
    owner: string
    username: string
    nickname: string | null
    /** JSON array of text. */
    labels: string
    created_at: string
  }
  groups: {
    name: string
    description: string | null
    created_at: string
  }
  group_members: {
    group_name: string
    username: string
    /** Whether a token or a backend says so, and may take it back. */
    by_token: number
  }
  api_keys: {
    id: string
    name: string
    secret_hash: string
    /** JSON array of text. */
    scopes: string
    created_by: string | null
    created_at: string
    revoked_at: string | null
  }
  /** Security events, never with contents. */
  audit: {
    id: string
    at: string
    actor: string | null
    action: string
    subject: string | null
    /** JSON. */
    details: string | null
  }
  sign_ins: {
    id: string
    username: string
    created_at: string
    used_at: string
    ended_at: string | null
  }
  refresh_tokens: {
    hash: string
    sign_in_id: string
    created_at: string
    used_at: string | null
    command_id: string | null
  }
  chats: {
    chat_id: string
    /** Short random text that message ids begin with. */
    key: string
    kind: 'room' | 'channel' | 'direct'
    visibility: 'public' | 'private'
    history_visibility: 'all' | 'since_joined'
    name: string | null
    topic: string | null
    created_by: string | null
    created_at: string
    member_count: number
    last_number: number
    /** Position of the newest message. */
    last_seq: number
    /** Time of the newest message; of the beginning when there is none. */
    last_at: string
    /** Whether more than the defaults decides who may do what: there is a grant or a sanction. */
    guarded: number
    /** The chat is gone; its id stays taken, so that no other is taken for it. */
    removed_at: string | null
  }
  /** What is granted in place of the defaults. */
  chat_grants: {
    chat_id: string
    /** `world`, `members`, `group:NAME` or `user:NAME`. */
    subject: string
    /** JSON array of text. */
    permissions: string
  }
  chat_sanctions: {
    chat_id: string
    username: string
    kind: 'ban' | 'mute'
    /** When it ends by itself. */
    until: string | null
    reason: string | null
    created_by: string | null
    created_at: string
  }
  members: {
    chat_id: string
    username: string
    role: 'owner' | 'member'
    joined_at: string
    joined_seq: number
    read_number: number
    read_seq: number
  }
  /** What one node at a time may do, and until when; `fence` grows with every new holder. */
  leases: {
    name: string
    holder: string
    fence: number
    /** Milliseconds since 1970 of the database's clock. */
    expires_at: number
  }
  /** From which nodes a person is in a room. */
  room_visits: {
    chat_id: string
    username: string
    node_id: string
  }
  /** What people say of themselves, and what others see of it. */
  presence: {
    username: string
    /** Rises whenever what others see changes. */
    rev: number
    /** What the person said last. */
    chosen: 'available' | 'away' | 'dnd' | 'invisible'
    /** What others see. */
    state: 'available' | 'away' | 'dnd' | 'offline'
    status: string | null
    status_expires_at: string | null
    /** JSON. */
    data: string | null
    show_last_seen: number
    /** JSON: what one who is invisible says otherwise than it is shown. */
    unshown: string | null
    /** When `state` began. */
    since: string
    last_seen_at: string | null
    /** Milliseconds since 1970: when what others see changed last. */
    changed_at: number
  }
  /** From which nodes a person is here, and whether nobody is at any of the devices there. */
  presence_nodes: {
    username: string
    node_id: string
    idle: number
  }
  activities: {
    type: string
    id: string
    title: string | null
    /** JSON. */
    metadata: string | null
    ephemeral: number
    capacity: number | null
    created_by: string | null
    created_at: string
    /** Keys of the shared state, and their bytes in all. */
    state_keys: number
    state_bytes: number
  }
  /** What is granted in place of the default. */
  activity_grants: {
    type: string
    id: string
    /** `world`, `group:NAME` or `user:NAME`. */
    subject: string
    /** JSON array of text. */
    permissions: string
  }
  activity_state: {
    type: string
    id: string
    key: string
    /** JSON. */
    value: string
    /** Position of the last change in the activity's stream. */
    version: number
    bytes: number
    /** Nobody where their account is gone. */
    set_by: string | null
  }
  /** Connections in activities. */
  participants: {
    type: string
    id: string
    connection_id: string
    username: string
    node_id: string
    lurking: number
    joined_at: string
    /** JSON: what the connection shows of itself, as it was last written here. */
    state: string
    rev: number
    /** Milliseconds since 1970: when this row changed last. */
    changed_at: number
    /** Set for a while after they left, for nodes that did not hear of it. */
    left_at: string | null
  }
  /** What opens an event stream without a header. */
  event_tickets: {
    hash: string
    /** Whose it is, as JSON. */
    caller: string
    /** Milliseconds since 1970. */
    token_ends_at: number
    created_at: string
    used_at: string | null
  }
}

/** The engine under Kysely, for what the engines do differently. */
export type Driver =
  | { kind: 'sqlite'; raw: DatabaseSync }
  | {
      kind: 'postgres'
      /** Rows of a statement on the connection of this transaction. */
      query(text: string, values: unknown[]): Promise<Record<string, unknown>[]>
    }
