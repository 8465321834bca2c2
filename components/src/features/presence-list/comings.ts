import type { LitElement } from 'lit'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Person } from '../presence/people.ts'
import type { PresenceTeller } from '../presence/presence-teller.ts'

/** Above this many people nobody is announced. */
const TOLD_UP_TO = 20

/** Notes who came and who left, and has it said. Who is idle is here all the same: that is not spoken of. */
export class Comings {
  readonly #host: LitElement
  readonly #localize: Localize
  #here: ReadonlyMap<string, Person> | undefined
  #teller: PresenceTeller | undefined

  constructor(host: LitElement, localize: Localize) {
    this.#host = host
    this.#localize = localize
  }

  /** Other people are shown, or none any more. */
  clear(): void {
    this.#here = undefined
    this.#teller?.clear()
  }

  follow(all: readonly Person[], announce: 'off' | 'summary' | undefined): void {
    const here = new Map(
      all
        .filter(({ state, self }) => state !== 'offline' && !self)
        .map((each) => [each.username, each]),
    )
    const before = this.#here
    this.#here = here
    if (!before || announce === 'off' || all.length > TOLD_UP_TO) return
    const came = [...here.values()].filter(({ username }) => !before.has(username))
    const left = [...before.values()].filter(({ username }) => !here.has(username))
    if (came.length + left.length > 0) void this.#tell(came, left)
  }

  async #tell(came: Person[], left: Person[]): Promise<void> {
    try {
      const { PresenceTeller } = await import('../presence/presence-teller.ts')
      this.#teller ??= new PresenceTeller(this.#host, this.#localize)
    } catch {
      // Without a network there is nobody to say it; the list shows it all the same.
      return
    }
    if (this.#here) this.#teller.tell(came, left)
  }
}
