import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'

/** Where somebody's reading of a stream stands. */
export interface Position {
  seq: number
  /** Joined by hand. */
  joined?: boolean
  /** A membership that comes and goes without a trace in the log. */
  passing?: boolean
}

/** A checkpoint that was read back. */
export interface Resumption {
  /** Nothing for a stream that the checkpoint does not hold. */
  positionOf(stream: string): number | undefined
  /** Streams that it holds by name. */
  readonly named: ReadonlyMap<string, Position>
  /** Streams that it holds by their hashes alone. */
  readonly hashes: ReadonlySet<string>
  /** Whether some were left out for want of room. */
  readonly partial: boolean
}

/** What a checkpoint is good for. */
export interface Bearer {
  username: string
  /** The ticket by which the stream was opened, where there was one. */
  ticket?: string | undefined
}

const VERSION = 1
const EPOCH_BYTES = 6
const HASH_BYTES = 6
const MAC_BYTES = 16
const PARTIAL = 1
const JOINED = 1
/** Proxies take header lines of 8 KiB; in base64 this is 5.5 KiB. */
const LARGEST = 4096
const LONGEST_TEXT = 8192

/** Makes and reads the positions of event streams: opaque to clients, good on every node and over restarts. */
export class Checkpoints {
  readonly #key: Buffer
  readonly #epoch: Buffer

  /** `secret` is the service's own and the same on all nodes. */
  constructor(secret: string, epoch: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'checkpoints of event streams', 32))
    this.#epoch = hashOf(epoch).subarray(0, EPOCH_BYTES)
  }

  create(bearer: Bearer): Checkpoint {
    return new Checkpoint(this.#epoch, (body) => this.#sign(body, bearer))
  }

  /** What a client brought back; `epoch_changed` and `unknown_position` where it is good for nothing. */
  read(text: string, bearer: Bearer): Resumption | 'epoch_changed' | 'unknown_position' {
    if (text.length > LONGEST_TEXT || !/^[\w-]+$/.test(text)) return 'unknown_position'
    const bytes = Buffer.from(text, 'base64url')
    if (bytes.length < 1 + EPOCH_BYTES + 2 + MAC_BYTES) return 'unknown_position'
    const body = bytes.subarray(0, -MAC_BYTES)
    if (!timingSafeEqual(bytes.subarray(-MAC_BYTES), this.#sign(body, bearer)))
      return 'unknown_position'
    if (body[0] !== VERSION) return 'unknown_position'
    if (!body.subarray(1, 1 + EPOCH_BYTES).equals(this.#epoch)) return 'epoch_changed'
    return decode(body.subarray(1 + EPOCH_BYTES))
  }

  #sign(body: Buffer, { username, ticket = '' }: Bearer): Buffer {
    const mac = createHmac('sha256', this.#key).update(`${username}\n${ticket}\n`).update(body)
    return mac.digest().subarray(0, MAC_BYTES)
  }
}

interface Entry {
  position: Position
  hash: Buffer
  /** As it is written; made when it is first asked for. */
  bytes: Buffer | undefined
}

/** The position of one reader in all their streams. */
export class Checkpoint {
  readonly #epoch: Buffer
  readonly #sign: (body: Buffer) => Buffer
  /** Those that moved last come last. */
  readonly #entries = new Map<string, Entry>()
  /** Told when streams came or went that no event tells of. */
  onChange: (() => void) | undefined

  constructor(epoch: Buffer, sign: (body: Buffer) => Buffer) {
    this.#epoch = epoch
    this.#sign = sign
  }

  /** Delivery of a stream begins after this position. */
  enter(stream: string, { seq, joined = false, passing }: Position): void {
    const known = this.#entries.get(stream)
    const position = { seq, joined, passing: passing ?? known?.position.passing ?? false }
    if (known && isDeepStrictEqual(known.position, position)) return
    this.#put(stream, { position, hash: hashOf(stream), bytes: undefined })
    this.onChange?.()
  }

  leave(stream: string): void {
    if (this.#entries.delete(stream)) this.onChange?.()
  }

  /** An event of a stream goes out. */
  pass(stream: string, seq: number): void {
    const known = this.#entries.get(stream)
    const position = { joined: false, passing: false, ...known?.position, seq }
    this.#put(stream, { position, hash: known?.hash ?? hashOf(stream), bytes: undefined })
  }

  #put(stream: string, entry: Entry): void {
    this.#entries.delete(stream)
    this.#entries.set(stream, entry)
  }

  /** As the client gets it: an opaque text for a header line. */
  encode(): string {
    const named: Buffer[] = []
    const hashed: Buffer[] = []
    let left = LARGEST
    let partial = false
    for (const [stream, entry] of [...this.#entries].reverse()) {
      const { joined, passing } = entry.position
      const byName = joined || passing
      const bytes = (entry.bytes ??= byName ? encodeNamed(stream, entry) : encodeHashed(entry))
      if (bytes.length > left) {
        partial = true
        continue
      }
      left -= bytes.length
      ;(byName ? named : hashed).push(bytes)
    }
    const body = Buffer.concat([
      Buffer.of(VERSION),
      this.#epoch,
      Buffer.of(partial ? PARTIAL : 0),
      encodeNumber(hashed.length),
      ...hashed,
      ...named,
    ])
    return Buffer.concat([body, this.#sign(body)]).toString('base64url')
  }
}

const hashOf = (text: string): Buffer =>
  createHash('sha256').update(text).digest().subarray(0, HASH_BYTES)

const encodeHashed = ({ hash, position: { seq } }: Entry): Buffer =>
  Buffer.concat([hash, encodeNumber(seq)])

function encodeNamed(stream: string, { position: { seq, joined } }: Entry): Buffer {
  const name = Buffer.from(stream)
  const head = [Buffer.of(joined ? JOINED : 0), encodeNumber(seq), encodeNumber(name.length)]
  return Buffer.concat([...head, name])
}

/** Seven bits a byte, the lowest first. */
function encodeNumber(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return Buffer.from([...bytes, rest])
}

/** What the service has signed is well formed. */
function decode(body: Buffer): Resumption {
  let at = 0
  const number = () => {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = body[at++]!
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 0x80
    }
  }
  const take = (length: number) => body.subarray(at, (at += length))
  const partial = (body[at++]! & PARTIAL) !== 0
  const seqs = new Map<string, number>()
  for (let left = number(); left > 0; left--) seqs.set(take(HASH_BYTES).toString('hex'), number())
  const named = new Map<string, Position>()
  while (at < body.length) {
    const joined = (body[at++]! & JOINED) !== 0
    const seq = number()
    named.set(take(number()).toString(), { seq, joined, passing: !joined })
  }
  return {
    partial,
    named,
    hashes: new Set(seqs.keys()),
    positionOf: (stream) => named.get(stream)?.seq ?? seqs.get(hashOf(stream).toString('hex')),
  }
}

/** As `Resumption.hashes` has a stream. */
export const streamHash = (stream: string): string => hashOf(stream).toString('hex')
