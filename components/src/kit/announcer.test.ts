import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serviceInfo } from '../../demo/fake-client.ts'
import { mount, unmountAll } from '../../demo/mount.ts'
import '../features/collab-sign-in/index.ts'
import { liveRegions } from './live-regions.ts'
import { Announcer } from './announcer.ts'

// Rows 10–15 and 28 of the accessibility specification.

class SpeakerElement extends LitElement {
  modal = false
  readonly announcer = new Announcer(this, (count) => `${count} new`)
  protected override render(): TemplateResult {
    return html`<button id="one">x</button><button id="two">y</button>${liveRegions()}
      ${this.modal ? html`<dialog>${liveRegions()}</dialog>` : nothing}`
  }
  press(id: string): void {
    this.shadowRoot?.getElementById(id)?.focus()
  }
}
customElements.define('test-speaker', SpeakerElement)

let spoken: string[]

/** All of a root's live regions tell what is put into them; those that a modal dialog holds as such. */
function hear(root: ParentNode | null, name = ''): void {
  for (const region of root?.querySelectorAll('[aria-live]') ?? []) {
    const set = Object.getOwnPropertyDescriptor(Node.prototype, 'textContent')?.set
    const place = region.closest('dialog') ? 'modal ' : ''
    Object.defineProperty(region, 'textContent', {
      get: () => region.firstChild?.nodeValue ?? '',
      set: (text: string) => {
        spoken.push(`${name}${place}${region.getAttribute('aria-live')}: ${text}`)
        set?.call(region, text)
      },
    })
  }
}

async function speakerIn(parent: Element, name = '', modal = false): Promise<SpeakerElement> {
  const element = Object.assign(new SpeakerElement(), { modal })
  parent.append(element)
  await element.updateComplete
  hear(element.shadowRoot, name)
  return element
}

const hide = (hidden: boolean) => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden)
  document.dispatchEvent(new Event('visibilitychange'))
}

let speaker: SpeakerElement

beforeEach(async () => {
  spoken = []
  speaker = await speakerIn(document.body)
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  unmountAll()
  document.body.replaceChildren()
})

describe('[A11Y-10] live regions', () => {
  it('are there, empty, before there is anything to say', () => {
    const regions = [...(speaker.shadowRoot?.querySelectorAll('[aria-live]') ?? [])]
    expect(regions.map((each) => [each.getAttribute('aria-live'), each.textContent])).toEqual([
      ['polite', ''],
      ['assertive', ''],
    ])
    expect(regions.every((each) => each.getAttribute('aria-atomic') === 'true')).toBe(true)
  })

  it('stay the same elements when the element is drawn again', async () => {
    const region = speaker.shadowRoot?.querySelector('#polite')
    vi.useRealTimers()
    speaker.requestUpdate()
    await speaker.updateComplete
    expect(speaker.shadowRoot?.querySelector('#polite')).toBe(region)
  })
})

describe('[A11Y-11] announcements', () => {
  it('come one after the other, with a pause', () => {
    speaker.announcer.announce('one')
    speaker.announcer.announce('two')
    vi.advanceTimersByTime(149)
    expect(spoken).toEqual([])
    vi.advanceTimersByTime(1)
    expect(spoken).toEqual(['polite: one'])
    vi.advanceTimersByTime(149)
    expect(spoken).toEqual(['polite: one'])
    vi.advanceTimersByTime(1)
    expect(spoken).toEqual(['polite: one', 'polite: two'])
  })

  it('of several elements keep the pause as well', async () => {
    vi.useRealTimers()
    const other = await speakerIn(document.body, 'other ')
    vi.useFakeTimers()
    speaker.announcer.announce('one')
    other.announcer.announce('two')
    vi.advanceTimersByTime(150)
    expect(spoken).toEqual(['polite: one'])
    vi.advanceTimersByTime(150)
    expect(spoken).toEqual(['polite: one', 'other polite: two'])
  })

  it('wait until the focus has spoken', () => {
    speaker.press('one')
    speaker.announcer.announce('after')
    vi.advanceTimersByTime(249)
    expect(spoken).toEqual([])
    vi.advanceTimersByTime(1)
    expect(spoken).toEqual(['polite: after'])
  })

  it('wait again when the focus moves on within the element', () => {
    speaker.press('one')
    speaker.announcer.announce('after')
    vi.advanceTimersByTime(200)
    speaker.press('two')
    vi.advanceTimersByTime(249)
    expect(spoken).toEqual([])
    vi.advanceTimersByTime(1)
    expect(spoken).toEqual(['polite: after'])
  })

  it('wait for the focus of the page too', () => {
    const button = document.body.appendChild(document.createElement('button'))
    speaker.announcer.announce('after')
    vi.advanceTimersByTime(100)
    button.focus()
    vi.advanceTimersByTime(249)
    expect(spoken).toEqual([])
    vi.advanceTimersByTime(1)
    expect(spoken).toEqual(['polite: after'])
  })

  it('of a topic that changes quickly are only the last', () => {
    for (const text of ['lost', 'found', 'lost again'])
      speaker.announcer.announce(text, { topic: 'link', delay: 500 })
    vi.runAllTimers()
    expect(spoken).toEqual(['polite: lost again'])
  })

  it('interrupt with what has to be acted on', () => {
    speaker.announcer.announce('not sent', { assertive: true })
    vi.runAllTimers()
    expect(spoken).toEqual(['assertive: not sent'])
  })

  it('of one message are read out, of a burst counted, at most once a second', () => {
    speaker.announcer.incoming(['bo: hi'])
    vi.advanceTimersByTime(400)
    for (let index = 0; index < 50; index++) speaker.announcer.incoming([`bo: ${index}`])
    vi.advanceTimersByTime(700)
    expect(spoken).toEqual(['polite: bo: hi'])
    vi.runAllTimers()
    expect(spoken).toEqual(['polite: bo: hi', 'polite: 50 new'])
  })

  it('of messages in several elements are counted together', async () => {
    vi.useRealTimers()
    const other = await speakerIn(document.body, 'other ')
    vi.useFakeTimers()
    speaker.announcer.incoming(['bo: hi'])
    other.announcer.incoming(['cy: ho', 'cy: hey'])
    vi.runAllTimers()
    expect(spoken).toEqual(['other polite: 3 new'])
  })
})

describe('[A11Y-12] inside an open modal dialog', () => {
  it('an element speaks within it', async () => {
    vi.useRealTimers()
    const dialog = document.body.appendChild(document.createElement('dialog'))
    const inside = await speakerIn(dialog, 'inside ')
    vi.useFakeTimers()
    dialog.showModal()
    inside.announcer.announce('hello')
    vi.runAllTimers()
    expect(spoken).toEqual(['inside polite: hello'])
    expect(dialog.contains(inside)).toBe(true)
  })

  it('of its own an element speaks there as long as it is open', async () => {
    vi.useRealTimers()
    const element = await speakerIn(document.body, '', true)
    const dialog = element.shadowRoot?.querySelector('dialog')
    vi.useFakeTimers()
    const say = (text: string) => {
      element.announcer.announce(text)
      vi.runAllTimers()
    }
    say('before')
    dialog?.showModal()
    say('within')
    dialog?.close()
    say('after')
    expect(spoken).toEqual(['polite: before', 'modal polite: within', 'polite: after'])
  })
})

it('[A11Y-13] the same text twice is said twice', () => {
  for (let time = 0; time < 3; time++) speaker.announcer.announce('same')
  vi.runAllTimers()
  expect(spoken.map((text) => text.trim())).toEqual(Array(3).fill('polite: same'))
  expect(spoken[0]).not.toBe(spoken[1])
  expect(spoken[1]).not.toBe(spoken[2])
})

it('[A11Y-14] what moves the focus is not announced as well', async () => {
  vi.useRealTimers()
  const { element, one } = await mount('collab-sign-in', {
    state: { connection: { status: 'signed_out', since: 0, attempt: 0 }, service: serviceInfo },
  })
  hear(element.shadowRoot)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  one('form').dispatchEvent(new SubmitEvent('submit', { cancelable: true }))
  await element.updateComplete
  await element.updateComplete
  expect(element.shadowRoot?.activeElement?.id).toBe('displayName')
  expect(element.shadowRoot?.activeElement?.getAttribute('aria-invalid')).toBe('true')
  vi.runAllTimers()
  expect(spoken).toEqual([])
})

describe('[A11Y-15] a hidden page', () => {
  it('is silent, and sums up on return', () => {
    hide(true)
    speaker.announcer.incoming(['bo: 1'])
    speaker.announcer.incoming(['bo: 2'])
    speaker.announcer.announce('older messages')
    vi.advanceTimersByTime(5000)
    expect(spoken).toEqual([])
    hide(false)
    vi.runAllTimers()
    expect(spoken).toEqual(['polite: 2 new'])
  })

  it('does not say what was about to be said when it was hidden', () => {
    speaker.announcer.announce('passing')
    speaker.announcer.incoming(['bo: 1'])
    vi.advanceTimersByTime(100)
    hide(true)
    vi.runAllTimers()
    hide(false)
    vi.runAllTimers()
    expect(spoken).toEqual(['polite: bo: 1'])
  })

  it('keeps what has to be acted on until someone is there to act', () => {
    hide(true)
    speaker.announcer.announce('not sent', { assertive: true })
    vi.runAllTimers()
    expect(spoken).toEqual([])
    hide(false)
    vi.runAllTimers()
    expect(spoken).toEqual(['assertive: not sent'])
  })
})

describe('[A11Y-28] changes of state', () => {
  it('are said once, as they are in the end, without interrupting', () => {
    speaker.announcer.announce('Connection lost', { topic: 'connection' })
    speaker.announcer.announce('Connected again', { topic: 'connection' })
    vi.runAllTimers()
    expect(spoken).toEqual(['polite: Connected again'])
  })

  it('of different kinds are all said', () => {
    speaker.announcer.announce('Offline', { topic: 'connection' })
    speaker.announcer.announce('3 unread messages', { topic: 'unread' })
    speaker.announcer.announce('Message not sent', { assertive: true })
    vi.runAllTimers()
    expect([...spoken].sort()).toEqual([
      'assertive: Message not sent',
      'polite: 3 unread messages',
      'polite: Offline',
    ])
  })

  it('tell who waits for them that they were said', () => {
    const said = vi.fn<() => void>()
    speaker.announcer.announce('20 older', { topic: 'older', delay: 500, spoken: said })
    vi.advanceTimersByTime(499)
    expect(said).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(said).toHaveBeenCalledOnce()
  })
})

describe('an element that goes', () => {
  it('leaves no timer behind', () => {
    speaker.press('one')
    speaker.announcer.announce('one')
    speaker.announcer.announce('two', { topic: 't', delay: 100 })
    speaker.announcer.incoming(['three'])
    speaker.remove()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes with it what it had to say, and nobody else’s', async () => {
    vi.useRealTimers()
    const other = await speakerIn(document.body, 'other ')
    vi.useFakeTimers()
    speaker.announcer.announce('one')
    speaker.announcer.incoming(['bo: hi'])
    other.announcer.announce('two')
    speaker.remove()
    speaker.announcer.announce('from nowhere')
    vi.runAllTimers()
    expect(spoken).toEqual(['other polite: two'])
  })
})
