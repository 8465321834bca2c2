import { type ChatHandle, type CollabClient, createCollab, DEFAULTS } from '@collab-kit/client'
import { scriptedService, type ScriptedService, seededRandom } from '@collab-kit/client/testing'
import type { Message } from '@collab-kit/protocol'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { drawn, nextFrame } from '../../../demo/mount.ts'
import type { CollabMessagesElement } from './collab-messages.ts'
import './index.ts'

// Whatever comes, goes or grows around it: the line that is read stays where it is. Real client, 20,000 messages.

const COUNT = 20_000
/** Pixels that the eye does not notice. */
const DRIFT = 2

let element: CollabMessagesElement
let client: CollabClient
let handle: ChatHandle
let service: ScriptedService
let images: HTMLImageElement[]

const bodyAt = (n: number) => `${n} ${'line of it\n'.repeat((n * 7) % 12)}`.trim()

/** Every eighth message is a picture that comes late, of another height each time. */
function picture({ number }: Message): Node | undefined {
  if (number % 8 !== 0) return undefined
  const image = document.createElement('img')
  image.alt = `Picture ${number}`
  image.style.display = 'block'
  images.push(image)
  return image
}

/** The picture is here; it takes room now. */
function arrive(image: HTMLImageElement): void {
  const height = 40 + ((images.indexOf(image) * 53) % 260)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="${height}"/>`
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`
  image.style.inlineSize = '120px'
  image.style.blockSize = `${height}px`
}

/** Those out of view: one in view that grows has to push something. */
function unseen(): HTMLImageElement[] {
  const { top: above, bottom: below } = scroller().getBoundingClientRect()
  return images.filter((image) => {
    const line = image.closest('.line')?.getBoundingClientRect()
    return line && !image.src && (line.bottom < above || line.top > below)
  })
}

const all = (selector: string) => [
  ...(element.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? []),
]
const scroller = () => all('.scroller')[0]!
const state = () => client.store.getState().chats['lobby']!
const top = (line: Element) =>
  line.getBoundingClientRect().top - scroller().getBoundingClientRect().top

/** The first line that begins in view: what the reader reads. */
const reading = () => all('.line').find((line) => top(line) >= 0)!

async function settled(): Promise<void> {
  await drawn(element)
  await nextFrame()
}

/** The reader scrolls. */
async function wheel(by: number): Promise<void> {
  scroller().dispatchEvent(new WheelEvent('wheel', { deltaY: by }))
  scroller().scrollTop += by
  await settled()
}

/** How far a change moved the line that is read. */
async function moved(change: () => unknown): Promise<number> {
  const line = reading()
  const before = top(line)
  await change()
  await settled()
  expect(line.isConnected, 'the line that is read stays drawn').toBe(true)
  return Math.abs(top(line) - before)
}

beforeEach(async () => {
  images = []
  vi.spyOn(document, 'hasFocus').mockReturnValue(false)
  service = scriptedService({
    chats: [
      {
        chatId: 'lobby',
        name: 'Lobby',
        messages: {
          count: COUNT,
          at: (n) => ({ sender: n % 3 ? 'ben' : 'cara', body: bodyAt(n) }),
        },
      },
    ],
  })
  client = createCollab({ ...service.options, token: 'token:ann' })
  handle = client.chat('lobby')
  element = document.createElement('collab-messages')
  Object.assign(element, { client, chatId: 'lobby', renderers: { body: picture } })
  document.body.append(element)
  await element.whenReady()
  await settled()
})
afterEach(() => {
  element.remove()
  client.close()
  vi.restoreAllMocks()
})

it('forty pages back with late pictures above, below and around do not move what is read', async () => {
  let worst = 0
  for (let page = 0; page < 40; page++) {
    const first = state().messages[0]!.seq
    // Near the start the element itself asks for more: wait for what it asked for.
    await wheel(-scroller().scrollTop + 900)
    worst = Math.max(worst, await moved(() => handle.loadOlder()))
    await vi.waitFor(() => expect(state().messages[0]!.seq).toBeLessThan(first))
    worst = Math.max(worst, await moved(() => images.splice(0, 3).forEach(arrive)))
  }
  expect(worst).toBeLessThanOrEqual(DRIFT)
  expect(state().messages.length).toBeLessThanOrEqual(DEFAULTS.windowSize)
  expect(all('article').length).toBeLessThanOrEqual(DEFAULTS.windowSize)
}, 60_000)

it.each([1, 2, 3])(
  'a reader who pages, jumps, resizes and is written to keeps the place (seed %i)',
  async (seed) => {
    const random = seededRandom(seed)
    const pick = (most: number) => Math.floor(random() * most)
    await element.scrollToMessage(5000 + pick(10_000))
    await settled()
    const changes: [name: string, change: () => unknown][] = [
      ['older', () => handle.loadOlder()],
      ['newer', () => handle.loadNewer()],
      ['written', () => service.say('lobby', 'ben', bodyAt(pick(100)))],
      ['picture', () => unseen().slice(pick(9), 9).forEach(arrive)],
      ['lower', () => (element.style.blockSize = `${420 + pick(200)}px`)],
      ['narrower', () => (element.style.inlineSize = `${300 + pick(500)}px`)],
    ]
    const drifts: string[] = []
    for (let step = 0; step < 40; step++) {
      if (step % 9 === 8) {
        const seq = 1000 + pick(18_000)
        await element.scrollToMessage(seq)
        await settled()
        const found = all(`[data-key="m${seq}"]`)[0]!
        expect(Math.abs(top(found) - scroller().clientHeight * 0.2), `at ${seq}`).toBeLessThan(3)
      } else await wheel((random() - 0.5) * 1600)
      const [name, change] = changes[pick(changes.length)]!
      const drift = await moved(change)
      if (drift > DRIFT) drifts.push(`step ${step}, ${name}: ${drift.toFixed(1)} px`)
    }
    expect(drifts).toEqual([])
    const seqs = state().messages.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, index) => seqs[0]! + index))
  },
  60_000,
)

it('a jump to the newest from far back stands at the newest, and stays there while pictures come', async () => {
  await element.scrollToMessage(4000)
  expect(state().hasNewer).toBe(true)
  await element.scrollToLatest()
  await settled()
  const atEnd = () => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight <= 1
  expect(state().messages.at(-1)?.number).toBe(COUNT)
  expect(atEnd()).toBe(true)
  images.forEach(arrive)
  await vi.waitFor(() => expect(atEnd()).toBe(true))
})
