import type {
  Activity,
  Chat,
  Closing,
  DataOf,
  ErrorShape,
  EventItem,
  EventName,
  InputOf,
  Limits,
  Me,
  Message,
  OperationName,
  OutputOf,
  Participant,
  Presence,
  ServiceInfo,
  SharedEntry,
  StateValue,
  StateValues,
  User,
} from '@collab-kit/protocol'
import type { Wire } from '../connection/memory.ts'
import type { ClientOptions } from '../options.ts'
import type { LazyList } from './lazy-list.ts'

/** Who calls, and on which connection; no connection for a call by REST. */
export interface ScriptedCaller {
  username: string
  connectionId?: string
}

export type Answer<N extends OperationName> = (
  input: InputOf<N>,
  caller: ScriptedCaller,
  /** What would be answered otherwise. */
  usual: () => OutputOf<N> | Promise<OutputOf<N>>,
) => OutputOf<N> | Promise<OutputOf<N>>

export type Answers = { [N in OperationName]?: Answer<N> }

/** Messages that are made when they are read, so that a chat of 100,000 costs nothing. */
export interface LazyMessages {
  count: number
  /** The message of a number, 1 the oldest; `seq` is the same number. @default texts of `ben` */
  at?: (number: number) => Partial<Omit<Message, 'seq' | 'number'>>
}

export interface ScriptedChat extends Partial<Chat> {
  chatId: string
  /** Oldest first; a text is a message of `ben`. */
  messages?: readonly (string | Partial<Message>)[] | LazyMessages
  /** How many of these messages are still to be read, by everybody who does not say otherwise. @default 0 */
  unread?: number
}

/** An activity as a script gives it; whoever joins another one makes it. */
export interface GivenActivity extends Partial<Omit<Activity, 'people' | 'head'>> {
  type: string
  id: string
  /** Connections in it; without a `connectionId` it is `connection-of-USERNAME`. */
  participants?: readonly (Partial<Participant> & { username: string })[]
  /** The shared state by key, set by `ben`. */
  shared?: Readonly<Record<string, StateValue>>
}

/** What others do in an activity; everything is told to all. */
export interface ScriptedActivity {
  readonly activity: Activity
  readonly participants: readonly Participant[]
  readonly shared: ReadonlyMap<string, SharedEntry>
  /** A connection of somebody joins; without a `connectionId` it is `connection-of-USERNAME`. */
  join(participant: Partial<Participant> & { username: string }): Participant
  leave(connectionId: string): void
  /** Puts out a connection, or a person with all of theirs. */
  remove(
    who: { username: string; connectionId?: string },
    why?: { reason?: string; permission?: boolean },
  ): void
  setState(
    connectionId: string,
    change: { set?: StateValues; removed?: readonly string[]; cleared?: boolean },
  ): void
  /** Sets a key of the shared state, or takes it away. */
  setShared(key: string, value: StateValue | undefined, by: string): SharedEntry | undefined
  clearShared(by: string): void
  broadcast(connectionId: string, event: string, data?: StateValue): void
  update(change: Partial<Pick<Activity, 'title' | 'metadata' | 'capacity'>>): Activity
  /** What everybody may do from now on. */
  permit(permissions: Activity['permissions']): void
  /** The activity is gone. */
  end(): void
}

export interface Script {
  /** Who a token of any other form than `token:USERNAME` belongs to. @default ann */
  me?: Partial<Me>
  users?: readonly (Partial<User> & { username: string })[]
  chats?: readonly ScriptedChat[]
  /** Who is here beside those who connect; `available` unless said otherwise. */
  people?: readonly (Partial<Presence> & { username: string })[]
  /** The contacts of everybody. @default all of `people` */
  contacts?: readonly string[]
  activities?: readonly GivenActivity[]
  info?: Partial<ServiceInfo>
  limits?: Partial<Limits>
  /** In place of the answers that come with the script. */
  answers?: Answers
  /** How long tokens last by their welcome, milliseconds. @default 1 hour */
  tokenLifeMs?: number
  now?: () => number
  /** How frames travel. @default at once and reliably */
  wire?: Wire
}

export interface ScriptedCall {
  operation: OperationName
  input: unknown
  username: string
}

/** Up to where somebody has read. */
export interface ReadMark {
  readSeq: number
  readNumber: number
}

/** What the script keeps of a chat. */
export interface KeptChat {
  chat: Chat
  messages: LazyList<Message>
  /** By username; without one everything is read, but for what the script leaves unread. */
  marks: Map<string, ReadMark>
  unread: ReadMark | undefined
}

/**
 * A service that answers by a script, typed by the contract. It keeps no rules: everybody may do everything, and what
 * a test or a story wants otherwise it says by `answer`.
 */
export interface ScriptedService {
  /** For `createCollab({ ...service.options, … })`: an address of its own, its transport and nothing kept. */
  readonly options: Pick<ClientOptions, 'serviceUrl' | 'transport' | 'fetch' | 'storage'>
  /** Every call received, the refused ones too. */
  readonly calls: readonly ScriptedCall[]
  /** Tokens of the open connections. */
  readonly connections: readonly (string | undefined)[]
  /** Replaces an answer; a CollabError thrown is the refusal. Returns the end of it. */
  answer<N extends OperationName>(name: N, answer: Answer<N>): () => void
  /** Sends an event to all: durable ones of a stream take its next `seq`. */
  push<N extends EventName>(
    name: N,
    data: DataOf<N>,
    of?: { stream?: string; durable?: boolean; by?: string },
  ): EventItem
  /** One frame to all, as it is given: of several streams, say. */
  frame(items: readonly EventItem[]): void
  /** Somebody is here in another way; everybody is told. */
  setPresence(username: string, change: Partial<Omit<Presence, 'username' | 'rev'>>): Presence
  /** What others do in an activity, which is made unless it is there. */
  activity(type: string, id: string): ScriptedActivity
  /** A message of somebody. */
  say(chatId: string, sender: string, body: string): Message
  /** Refuses connections from now on; without an error nobody is there. `accept` ends it. */
  refuse(error?: ErrorShape): void
  accept(): void
  /** All connections break. */
  drop(): void
  /** All connections are ended with a word. */
  closeAll(closing: Closing): void
  /** Tells everybody the heads, as a service does every 10 seconds. */
  tellHeads(): void
  /** The service was restored from a backup: another epoch, with the logs as far as is said. */
  restore(heads?: Readonly<Record<string, number>>): void
}

/** The state behind a scripted service, for its answers. */
export interface ScriptedState {
  readonly script: Script
  epoch: string
  readonly me: Me
  readonly users: Map<string, User>
  readonly chats: Map<string, KeptChat>
  readonly logs: Map<string, LazyList<EventItem>>
  readonly activities: { namesIn(type: string, id: string): string[] }
  now(): string
  push: ScriptedService['push']
  /** Everything that is pushed meanwhile, in one frame. */
  together(act: () => void): void
  /** Tells a connection, a person or everybody that a stream is not theirs any more. */
  putOut(who: { username?: string; connectionId?: string }, stream: string, reason: string): void
  post(chatId: string, message: Partial<Message> & { sender: string; body: string }): Message
}
