import { markOf } from './talk.ts'
import { came, type Count, countNodes, painted, rest, still } from './paint.ts'
import { mount, rowOf } from './open.ts'
import { CHAT, createRoom, type Room, type RoomOptions } from './room.ts'
import { Drift, type Drifts } from './drift.ts'
import { Watch, type Watched } from './watch.ts'

export interface Pace {
  perSecond: number
  seconds: number
}

export interface Held {
  /** Messages that the client holds. */
  loaded: number
  /** Rows of the list. */
  drawn: number
  /** Number of the first and the last of those. */
  first: number
  last: number
}

export interface Found {
  loaded: { sampled: number; found: number }
  drawn: { sampled: number; found: number }
}

/** One chat on the page, and what is done to it. */
export class Stage {
  #room: Room | undefined
  #element: HTMLElement | undefined
  #watch: Watch | undefined
  #drift: Drift | undefined

  /** A client that holds so many messages; nothing is drawn yet. */
  async prepare({ loaded, ...options }: RoomOptions & { loaded?: number }): Promise<number> {
    this.#room = createRoom(options)
    if (loaded) await this.#room.load(loaded)
    await rest()
    return this.held().loaded
  }

  /** @returns milliseconds until the newest message was in the document, and until it was painted */
  async mount({ watched = false } = {}): Promise<{ drawnMs: number; paintedMs: number }> {
    const { element, drawnMs, paintedMs } = await mount(this.#given(this.#room), (created) => {
      if (watched) this.#watch = new Watch(created)
    })
    this.#element = element
    await rest(300)
    return { drawnMs, paintedMs }
  }

  async unmount(): Promise<void> {
    this.#element?.remove()
    this.#element = this.#watch = this.#drift = undefined
    await rest()
  }

  /** One message at a time while nothing else happens: milliseconds from its arrival to the frame that shows it. */
  async append(times: number): Promise<number[]> {
    const element = this.#given(this.#element)
    const room = this.#given(this.#room)
    const took: number[] = []
    for (let time = 0; time < times; time++) {
      // The movement of the one before asks for frames of its own: in their rhythm each would wait for the next.
      await still(element.shadowRoot!)
      const start = performance.now()
      const number = room.say()
      await came(element.shadowRoot!, () => rowOf(element, number))
      took.push((await painted()) - start)
    }
    return took
  }

  count(): Count {
    return countNodes()
  }

  held(): Held {
    const messages = this.#given(this.#room).client.store.getState().chats[CHAT]?.messages ?? []
    const numbers = this.#rows().map((row) => Number(row.dataset['key']?.slice(1)))
    return {
      loaded: messages.length,
      drawn: numbers.length,
      first: numbers[0] ?? 0,
      last: numbers.at(-1) ?? 0,
    }
  }

  watch(): void {
    this.#given(this.#watch).start()
  }

  watched(): Watched {
    return this.#given(this.#watch).stop()
  }

  /** Messages come in one by one, and the list stays at its end. */
  async burst(pace: Pace): Promise<void> {
    const element = this.#given(this.#element)
    const room = this.#given(this.#room)
    await paced(pace, () => void room.say())
    await came(element.shadowRoot!, () => rowOf(element, room.newest))
    await painted()
  }

  /** People start and stop to write. */
  async changes(pace: Pace): Promise<void> {
    const { service } = this.#given(this.#room)
    await paced(pace, (index) => {
      const username = ['bo', 'chidi', 'mina', 'yuki'][index % 4]!
      const typing = Math.floor(index / 4) % 2 === 0
      const stream = `chat:${CHAT}`
      service.push(
        'chat.typingChanged',
        { chatId: CHAT, username, typing },
        { stream, durable: false },
      )
    })
    await painted()
  }

  /** Goes up until so many rows are drawn. */
  async draw(rows: number): Promise<void> {
    const scroller = this.scroller()
    while (this.held().drawn < rows) {
      const before = this.held().first
      scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }))
      scroller.scrollTop = 300
      await came(this.#element!.shadowRoot!, () => this.held().first < before)
      await rest()
    }
    await rest(700)
  }

  scroller(): HTMLElement {
    const scroller = this.#element?.shadowRoot?.querySelector<HTMLElement>('.scroller')
    return this.#given(scroller ?? undefined)
  }

  /** Where the wheel is turned. */
  middle(): { x: number; y: number } {
    const { left, top, width, height } = this.scroller().getBoundingClientRect()
    return { x: left + width / 2, y: top + height / 2 }
  }

  /** From now on every update and every turn of the wheel is checked for movement that nobody asked for. */
  followLines(): void {
    const drift = new Drift(this.scroller())
    this.#given(this.#watch).around = (update) => drift.around(update)
    this.#drift = drift
  }

  /** Waits until a turn of the wheel has had its effect. */
  turned(deltaY: number): Promise<void> {
    return this.#given(this.#drift).turned(deltaY)
  }

  drifts(): Drifts {
    this.#given(this.#watch).around = (update) => update()
    return this.#given(this.#drift).drifts()
  }

  /** Asks the browser's own search for messages: of those held, and of those drawn. */
  async find(samples: number): Promise<Found> {
    const loaded = { sampled: 0, found: 0 }
    const drawn = { sampled: 0, found: 0 }
    for (let sample = 0; sample < samples; sample++) {
      const messages = this.#given(this.#room).client.store.getState().chats[CHAT]?.messages ?? []
      const { first, last } = this.held()
      const share = (sample + 0.5) / samples
      const held = messages[Math.floor(share * messages.length)]!.number
      const shown = first + Math.floor(share * (last - first + 1))
      loaded.sampled++
      if (await found(held)) loaded.found++
      drawn.sampled++
      if (await found(shown)) drawn.found++
    }
    return { loaded, drawn }
  }

  close(): void {
    this.#room?.close()
    this.#room = undefined
  }

  #rows(): HTMLElement[] {
    return [...(this.#element?.shadowRoot?.querySelectorAll<HTMLElement>('article') ?? [])]
  }

  #given<T>(value: T | undefined): T {
    if (value === undefined) throw new Error('the chat is not there yet')
    return value
  }
}

/** Does something so often a second, each in a task of its own as far as timers allow. */
async function paced({ perSecond, seconds }: Pace, act: (index: number) => void): Promise<void> {
  const start = performance.now()
  const all = perSecond * seconds
  for (let index = 0; index < all;) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    const due = Math.min(((performance.now() - start) / 1000) * perSecond, all)
    for (; index < due; index++) act(index)
  }
}

async function found(number: number): Promise<boolean> {
  getSelection()?.removeAllRanges()
  const { find } = window as unknown as {
    find(text: string, matchCase: boolean, backwards: boolean, wrap: boolean): boolean
  }
  const is = find.call(window, markOf(number), true, false, true)
  await rest(20)
  return is
}
