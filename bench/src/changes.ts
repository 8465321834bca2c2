import { Buffer } from 'node:buffer'
import { digits } from './frames.ts'
import type { Seen } from './watcher.ts'

const TALK = 'In a meeting'
const REV = Buffer.from('"rev":')
const STATUS = Buffer.from(`"status":"${TALK} `)

/** What a person says with their change of this number. */
export const toStatus = (person: number, version: number): string =>
  `${TALK} ${String(person).padStart(PERSON, '0')} ${version}`

/** Which change that was; 0 for none. */
export const versionOf = (status: string | undefined): number =>
  Number(status?.slice(TALK.length + PERSON + 2) ?? 0)

/** Digits of a person's number. */
const PERSON = 4

/** Told of one notification in a frame. */
export type OnChange = (person: number, version: number, rev: number) => void

/** Finds the changes of people in a frame without decoding it: the watchers must cost less than the server. */
export class ChangeReader {
  readonly #item: Buffer

  /** `item` begins each change in a frame. */
  constructor(item: string) {
    this.#item = Buffer.from(item)
  }

  /** Whether everything in it could be read so; nothing is told of a frame with a change of another kind. */
  read(payload: Buffer, onChange: OnChange): boolean {
    let item = payload.indexOf(this.#item)
    if (item < 0) return true
    const found: number[] = []
    while (item >= 0) {
      const next = payload.indexOf(this.#item, item + this.#item.length)
      const rev = payload.indexOf(REV, item)
      const status = payload.indexOf(STATUS, item)
      if (status < 0 || rev < 0 || (next >= 0 && (status > next || rev > next))) return false
      const person = status + STATUS.length
      found.push(
        digits(payload, person),
        digits(payload, person + PERSON + 1),
        digits(payload, rev + REV.length),
      )
      item = next
    }
    for (let at = 0; at < found.length; at += 3)
      onChange(found[at]!, found[at + 1]!, found[at + 2]!)
    return true
  }
}

interface Item {
  name: string
  stream: string
  rev: number
  data: Seen
}

/** The changes in a frame, decoded whole. */
export function ofPayload(payload: Buffer): readonly Seen[] {
  const text = payload.toString()
  const [, told] = JSON.parse(text.slice(text.indexOf('['))) as [string, Item[] | Seen]
  if (!Array.isArray(told)) return [told]
  return told
    .filter(({ name }) => name === 'presence.presenceChanged')
    .map(({ stream, rev, data }) => {
      if (stream !== `presence:${data.username}` || rev !== data.rev)
        throw new Error(`${stream} with ${rev} tells of ${JSON.stringify(data)}`)
      return data
    })
}
