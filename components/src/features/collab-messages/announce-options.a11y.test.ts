import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { findings } from '../../../demo/accessibility.ts'
import { ann, messageOf, messagesOf, readyChat, userOf } from '../../../demo/fake-client.ts'
import { mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import { listen, type Spoken } from '../../../demo/spoken.ts'
import '../collab-chat/index.ts'
import type { CollabMessagesElement } from './collab-messages.ts'
import './index.ts'
// The element fetches them after the first rendering; here they are there at once.
import './reading.ts'
import './options-dialog.ts'
import '../chat/teller.ts'

// How much is said of new messages is for the person to choose.

type Shown = Mounted<CollabMessagesElement>

const users = { ann, bo: userOf('bo', 'Bo') }
const heard: Spoken[] = []
let seq = 30

async function show(
  tag: 'collab-chat' | 'collab-messages' = 'collab-chat',
  properties: Partial<CollabMessagesElement> = {},
): Promise<Shown> {
  const state = { me: ann, users, chats: { lobby: readyChat('lobby', messagesOf(30)) } }
  const shown = await mount(tag, { state }, { chatId: 'lobby', ...properties })
  await vi.waitFor(() => shown.one('[part=options-button]'))
  return shown
}

/** What is said of one more message. */
async function saidOfNext(shown: Shown): Promise<string | undefined> {
  const spoken = listen(shown.element)
  heard.push(spoken)
  shown.client.receive('lobby', messageOf(++seq))
  await vi.waitFor(() => expect(spoken.all).toHaveLength(1), 3000)
  return spoken.all[0]?.replace(/[\u2068\u2069]/g, '')
}

async function openOptions(shown: Shown): Promise<HTMLDialogElement> {
  shown.one('[part=options-button]').focus()
  await userEvent.keyboard('{Enter}')
  await vi.waitFor(() => expect(shown.all('dialog[open]')).toHaveLength(1))
  return shown.one<HTMLDialogElement>('dialog')
}

const choices = (shown: Shown) =>
  shown.all('input[type=radio]').map((each) => (each as HTMLInputElement).checked)
const focused = ({ element }: Shown) => element.shadowRoot?.activeElement

beforeEach(() => {
  seq = 30
  vi.spyOn(document, 'hasFocus').mockReturnValue(true)
})
afterEach(() => {
  for (const each of heard.splice(0)) each.stop()
  unmountAll()
  vi.restoreAllMocks()
  localStorage.clear()
})

describe.each(['collab-chat', 'collab-messages'] as const)('the options of <%s>', (tag) => {
  it('[A11Y-41] are reached by keys before the messages, and unseen otherwise', async () => {
    const shown = await show(tag)
    const button = shown.one('[part=options-button]')
    const inMiddle = () => {
      const { left, top, width, height } = button.getBoundingClientRect()
      return shown.element.shadowRoot?.elementFromPoint(left + width / 2, top + height / 2)
    }
    await vi.waitFor(() => expect(getComputedStyle(button).clipPath).toBe('inset(50%)'))
    expect(inMiddle()).not.toBe(button)
    const list = shown.one('.scroller')
    expect(button.compareDocumentPosition(list)).toBe(Node.DOCUMENT_POSITION_FOLLOWING)
    button.focus()
    expect(inMiddle()).toBe(button)
    const { width, height } = button.getBoundingClientRect()
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(24)
    expect(button.textContent?.trim()).toBe('Announcements and keys')
  })

  it('[A11Y-41] [A11Y-9] hold the choice in a named dialog, which gives the focus back', async () => {
    const shown = await show(tag, { announce: 'summary' })
    const dialog = await openOptions(shown)
    expect(dialog.ariaLabelledByElements?.[0]?.textContent).toBe('Announcements and keys')
    expect(choices(shown)).toEqual([false, true, false])
    expect(focused(shown)).toBe(shown.one('input[value=summary]'))
    expect(await findings(shown.element)).toEqual([])
    await userEvent.keyboard('{Escape}')
    await vi.waitFor(() => expect(shown.all('dialog')).toEqual([]))
    expect(focused(shown)).toBe(shown.one('[part=options-button]'))
  })
})

describe('what a person chooses', () => {
  it('[A11Y-41] is followed at once, over what the page wants', async () => {
    const shown = await show('collab-chat', { announce: 'full' })
    expect(await saidOfNext(shown)).toBe('polite: Bo: Message 31')
    await openOptions(shown)
    await userEvent.keyboard('{ArrowDown}')
    expect(choices(shown)).toEqual([false, true, false])
    await userEvent.keyboard('{Escape}')
    expect(await saidOfNext(shown)).toBe('polite: 1 new message')
  })

  it('[A11Y-41] holds for every chat of the page, and the next time', async () => {
    const shown = await show()
    const other = await show('collab-messages')
    await openOptions(shown)
    await userEvent.click(shown.one('input[value=summary]'))
    expect(await saidOfNext(other)).toBe('polite: 1 new message')
    unmountAll()
    seq = 30
    const again = await show('collab-chat', { announce: 'off' })
    expect(await saidOfNext(again)).toBe('polite: 1 new message')
    await openOptions(again)
    expect(choices(again)).toEqual([false, true, false])
  })

  it('[A11Y-41] is silence where that is chosen', async () => {
    const shown = await show()
    await openOptions(shown)
    await userEvent.click(shown.one('input[value=off]'))
    const spoken = listen(shown.element)
    heard.push(spoken)
    shown.client.receive('lobby', messageOf(31))
    await vi.waitFor(() => expect(shown.all('[data-key=m31]')).toHaveLength(1))
    await userEvent.click(shown.one('input[value=full]'))
    // Had the first been told, it would be told before this one or with it.
    shown.client.receive('lobby', messageOf(32))
    await vi.waitFor(() => expect(spoken.all).toHaveLength(1), 3000)
    expect(spoken.all[0]).toContain('Message 32')
  })

  it('[A11Y-41] holds until the page is left where nothing can be kept', async () => {
    const refuse = () => {
      throw new DOMException('no storage', 'SecurityError')
    }
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(refuse)
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(refuse)
    const shown = await show()
    await openOptions(shown)
    await userEvent.click(shown.one('input[value=summary]'))
    await userEvent.keyboard('{Escape}')
    expect(await saidOfNext(shown)).toBe('polite: 1 new message')
    vi.restoreAllMocks()
    await openOptions(shown)
    await userEvent.click(shown.one('input[value=full]'))
    expect(localStorage.getItem('collab-kit.announce')).toBe('full')
  })

  it('that is none of these counts as no choice', async () => {
    localStorage.setItem('collab-kit.announce', 'loud')
    const shown = await show('collab-chat', { announce: 'summary' })
    expect(await saidOfNext(shown)).toBe('polite: 1 new message')
  })
})
