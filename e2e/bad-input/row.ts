import type { ErrorShape, OperationName } from '@collab-kit/protocol'
import type { Link } from '../rig/link.ts'
import type { Person } from '../rig/person.ts'
import type { RawSocket } from '../rig/raw-socket.ts'
import type { ServiceProcess } from '../rig/service-process.ts'
import type { HttpAnswer, HttpQuestion } from './http.ts'

/** One row of the catalogue of bad input. */
export interface Row {
  number: number
  sent: string
  /** What is answered, or that the connection ends. */
  answered: string
  /** Whether a reply is remembered for its command id. */
  remembers?: true
  /** Whether somebody asks for tickets, which are kept until they end; nothing else is ever stored. */
  makesTickets?: true
  /** Throws when something else is answered. */
  check(stage: Stage): Promise<void>
}

/** What a row's check works with: the service, one who attacks it, and what belongs to others. */
export interface Stage {
  readonly service: ServiceProcess
  /** Signed in; member of the channel `shared`, where others listen. */
  readonly eve: Person
  /** Somebody else, member of `shared` and of the private chat. */
  readonly ada: Person
  /** Of Ada and another. */
  readonly privateChat: string
  /** Connection id of Ada's socket. */
  readonly adaConnection: string
  /** Epoch of the service. */
  readonly epoch: string
  /** A live connection of Eve. */
  link(): Promise<Link>
  /** Emit as Eve; answers the error, and throws when it is no refusal of the contract. */
  refused(name: string, ...args: unknown[]): Promise<ErrorShape>
  /** The same for an operation with one input. */
  refuses(name: OperationName, input: unknown): Promise<ErrorShape>
  /** A raw WebSocket, signed in as Eve. */
  raw(): Promise<RawSocket>
  /** A raw WebSocket before sign-in. */
  stranger(): Promise<RawSocket>
  /** Send one frame as Eve and wait until the connection has ended; answers the code of the close frame, if one came. */
  closedAfter(frame: string | Uint8Array): Promise<number | undefined>
  /** A request as Eve. */
  http(question: HttpQuestion): Promise<HttpAnswer>
  /** Bytes over TCP; answers what came back when the service has closed, or nothing more came for a while. */
  tcp(bytes: string): Promise<string>
}
