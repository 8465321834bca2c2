import { html, LitElement, type TemplateResult } from 'lit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Announcer } from './announcer.ts'

class SpeakerElement extends LitElement {
  readonly announcer = new Announcer(this, (count) => `${count} new`)
  protected override render(): TemplateResult {
    return html`<button>x</button>${this.announcer.render()}`
  }
}
customElements.define('test-speaker', SpeakerElement)

let speaker: SpeakerElement
let spoken: string[]

beforeEach(async () => {
  speaker = new SpeakerElement()
  document.body.append(speaker)
  await speaker.updateComplete
  vi.useFakeTimers()
  spoken = []
  for (const id of ['polite', 'assertive']) {
    const region = speaker.shadowRoot?.getElementById(id)
    if (!region) throw new Error('there is no live region')
    const set = Object.getOwnPropertyDescriptor(Node.prototype, 'textContent')?.set
    Object.defineProperty(region, 'textContent', {
      get: () => region.firstChild?.nodeValue ?? '',
      set: (text: string) => {
        spoken.push(`${id}: ${text}`)
        set?.call(region, text)
      },
    })
  }
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  speaker.remove()
})

describe('the announcer', () => {
  it('has its regions, empty, before there is anything to say', () => {
    const regions = speaker.shadowRoot?.querySelectorAll('[aria-live]') ?? []
    expect([...regions].map(({ textContent }) => textContent)).toEqual(['', ''])
  })

  it('says one thing after the other, with a pause', () => {
    speaker.announcer.announce('one')
    speaker.announcer.announce('two')
    vi.advanceTimersByTime(150)
    expect(spoken).toEqual(['polite: one'])
    vi.advanceTimersByTime(150)
    expect(spoken).toEqual(['polite: one', 'polite: two'])
  })

  it('says the same text twice when it is said twice', () => {
    speaker.announcer.announce('same')
    speaker.announcer.announce('same')
    vi.runAllTimers()
    expect(new Set(spoken).size).toBe(2)
  })

  it('waits until the focus has spoken', () => {
    speaker.shadowRoot?.querySelector('button')?.focus()
    speaker.announcer.announce('after')
    vi.advanceTimersByTime(249)
    expect(spoken).toEqual([])
    vi.advanceTimersByTime(1)
    expect(spoken).toEqual(['polite: after'])
  })

  it('says only the last of a topic that changes quickly', () => {
    for (const text of ['lost', 'found', 'lost again'])
      speaker.announcer.announce(text, { topic: 'link', delay: 500 })
    vi.runAllTimers()
    expect(spoken).toEqual(['polite: lost again'])
  })

  it('interrupts with what has to be acted on', () => {
    speaker.announcer.announce('not sent', { assertive: true })
    vi.runAllTimers()
    expect(spoken).toEqual(['assertive: not sent'])
  })

  it('reads one message out and counts a burst, at most once a second', () => {
    speaker.announcer.incoming(['bo: hi'])
    vi.advanceTimersByTime(400)
    for (let index = 0; index < 50; index++) speaker.announcer.incoming([`bo: ${index}`])
    vi.advanceTimersByTime(500)
    expect(spoken).toEqual(['polite: bo: hi'])
    vi.runAllTimers()
    expect(spoken).toEqual(['polite: bo: hi', 'polite: 50 new'])
  })

  it('is silent on a hidden page and sums up on return', () => {
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    speaker.announcer.incoming(['bo: 1'])
    speaker.announcer.incoming(['bo: 2'])
    speaker.announcer.announce('older messages')
    vi.advanceTimersByTime(5000)
    expect(spoken).toEqual([])
    hidden.mockReturnValue(false)
    document.dispatchEvent(new Event('visibilitychange'))
    vi.runAllTimers()
    expect(spoken).toEqual(['polite: 2 new'])
  })

  it('leaves no timer behind when the element goes', () => {
    speaker.announcer.announce('one')
    speaker.announcer.announce('two', { topic: 't', delay: 100 })
    speaker.announcer.incoming(['three'])
    speaker.remove()
    expect(vi.getTimerCount()).toBe(0)
  })
})
