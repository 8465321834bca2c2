import { encodeItem, type Published } from '../kernel/outbox.ts'

const NOBODY: ReadonlySet<string> = new Set()

/** Whom one reader hears nothing of. */
export class BlockList {
  #names = NOBODY
  /** What changed before the list was there. */
  #early: { username: string; blocked: boolean }[] | undefined = []

  /** The list as it was read from the database. */
  load(usernames: readonly string[]): void {
    if (usernames.length > 0) this.#names = new Set(usernames)
    const early = this.#early ?? []
    this.#early = undefined
    for (const each of early) this.change(each)
  }

  change({ username, blocked }: { username: string; blocked: boolean }): void {
    this.#early?.push({ username, blocked })
    const names = new Set(this.#names)
    if (blocked) names.add(username)
    else names.delete(username)
    this.#names = names
  }

  /** Whether something of these events is kept from the reader. */
  hides(items: readonly Published[]): boolean {
    return this.#names.size > 0 && items.some(({ by }) => by !== undefined && this.#names.has(by))
  }

  /** These events as the reader may see them: what is numbered keeps its place. */
  shown(items: readonly Published[]): string[] {
    if (this.#names.size === 0) return items.map(({ json }) => json)
    return items.flatMap(({ by, stream, seq, json }) => {
      if (by === undefined || !this.#names.has(by)) return [json]
      return seq === undefined ? [] : [encodeWithheld(stream, seq, json)]
    })
  }
}

const encodeWithheld = (stream: string, seq: number, json: string): string =>
  encodeItem({
    name: 'streams.withheld',
    stream,
    seq,
    // The first of an item: before it stand only the names of the event and of the stream.
    at: /"at":"([^"]*)"/.exec(json)?.[1] ?? '',
    actor: null,
    connection: null,
    command_id: null,
    data: '{}',
  })
