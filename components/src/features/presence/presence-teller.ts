import type { ReactiveControllerHost } from 'lit'
import { Announcer } from '../../kit/announcer.ts'
import { presenceMore as texts } from '../../kit/localize/en/presence-more.ts'
import type { Localize } from '../../kit/localize/localize.ts'
import type { Person } from './people.ts'

/** Who came and left is told at most this often, milliseconds. */
const TOGETHER_MS = 5000
/** More than these are counted and not named. */
const NAMED = 2

/** Says who came and who left, together and not one by one. */
export class PresenceTeller {
  readonly #announcer: Announcer
  readonly #localize: Localize
  readonly #came = new Map<string, string>()
  readonly #left = new Map<string, string>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost & HTMLElement, localize: Localize) {
    this.#localize = localize
    localize.include(texts)
    this.#announcer = new Announcer(host, () => '')
  }

  /** Whoever comes and goes within that time did neither. */
  tell(came: readonly Person[], left: readonly Person[]): void {
    for (const { username, name } of came) {
      if (!this.#left.delete(username)) this.#came.set(username, name)
    }
    for (const { username, name } of left) {
      if (!this.#came.delete(username)) this.#left.set(username, name)
    }
    this.#timer ??= setTimeout(() => this.#say(), TOGETHER_MS)
  }

  /** Other people are shown: those before are nobody's business. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#came.clear()
    this.#left.clear()
  }

  #say(): void {
    const sentences = [
      ...this.#sentences([...this.#came.values()], 'someoneCame', 'severalCame'),
      ...this.#sentences([...this.#left.values()], 'someoneLeft', 'severalLeft'),
    ]
    this.clear()
    if (sentences.length > 0) this.#announcer.announce(sentences.join(' '))
  }

  #sentences(
    names: string[],
    one: 'someoneCame' | 'someoneLeft',
    several: 'severalCame' | 'severalLeft',
  ): string[] {
    return names.length > NAMED
      ? [this.#localize.text(several, names.length)]
      : names.map((name) => this.#localize.text(one, name))
  }
}
