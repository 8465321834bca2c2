import { came, type Count, countNodes, painted, rest } from '../../page/in-page/paint.ts'
import { bodyOf, markOf, PEOPLE, senderOf } from '../../page/in-page/talk.ts'
import type { Rival, Said } from './rival.ts'

declare global {
  var rival: Rival
  interface Window {
    rivals: Harness
  }
}

const PAUSE_MS = 45_000

/** The same for every kit: what is measured, and when it counts as there. */
class Harness {
  #count = 0
  #start = Date.now()

  async prepare(count: number): Promise<void> {
    this.#count = count
    this.#start = Date.now() - count * PAUSE_MS
    await rival.prepare?.(this.#messages())
    await rest(300)
  }

  /** @returns milliseconds until the newest message was painted, and whether it is in sight */
  async mount(): Promise<{ ms: number; inSight: boolean }> {
    const host = document.querySelector('main')!
    const messages = this.#messages()
    await rest(100)
    const start = performance.now()
    rival.mount(host, messages)
    await this.#came(this.#count)
    const ms = (await painted()) - start
    await rest(1000)
    const view = host.getBoundingClientRect()
    const row = rival.newest()?.getBoundingClientRect()
    return { ms, inSight: !!row && row.height > 0 && row.bottom <= view.bottom + 1 }
  }

  async append(times: number): Promise<number[]> {
    const took: number[] = []
    for (let time = 0; time < times; time++) {
      // Some gather what comes within half a second.
      await rest(1200)
      const message = this.#message(++this.#count)
      const start = performance.now()
      rival.append(message)
      await this.#came(this.#count)
      took.push((await painted()) - start)
    }
    return took
  }

  count(): Count {
    return countNodes(document.querySelector('main')!)
  }

  /** Size of the newest message's text, pixels. */
  textSize(): number {
    const row = rival.newest()
    const text = row && rival.text(row)
    return text ? Number.parseFloat(getComputedStyle(text).fontSize) : Number.NaN
  }

  async #came(number: number): Promise<void> {
    const root = rival.root?.() ?? document.querySelector('main')!
    const there = () => {
      const newest = rival.newest()
      return newest?.textContent.includes(markOf(number)) ? newest : undefined
    }
    await came(root, there, 120_000)
  }

  #messages(): Said[] {
    return Array.from({ length: this.#count }, (_, index) => this.#message(index + 1))
  }

  #message(number: number): Said {
    const sender = senderOf(number)
    const person = PEOPLE.find(({ username }) => username === sender)
    return {
      id: `id-${number}`,
      number,
      sender,
      name: person?.displayName ?? 'Ann Kowalska',
      own: sender === 'ann',
      text: bodyOf(number),
      at: new Date(this.#start + number * PAUSE_MS).toISOString(),
    }
  }
}

window.rivals = new Harness()
