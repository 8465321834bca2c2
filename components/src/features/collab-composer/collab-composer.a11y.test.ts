import { afterEach, describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import { ann, chatOf, readyChat } from '../../../demo/fake-client.ts'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import { listen } from '../../../demo/spoken.ts'
import type { CollabComposerElement } from './collab-composer.ts'
import './index.ts'

type Composer = Mounted<CollabComposerElement>

const inChat = (properties: Partial<CollabComposerElement> = {}) =>
  mount(
    'collab-composer',
    { state: { me: ann, chats: { lobby: readyChat('lobby', []) } } },
    { chatId: 'lobby', ...properties },
  )
const field = (composer: Composer) => composer.one<HTMLTextAreaElement>('textarea')

afterEach(unmountAll)

describe('the field', () => {
  it('[A11Y-48] has a label of its own, whatever stands in it', async () => {
    const composer = await inChat({ placeholder: 'Be kind' })
    expect(field(composer).labels[0]?.textContent).toContain('Lobby')
    expect(field(composer).placeholder).toBe('Be kind')
    await userEvent.fill(field(composer), 'something')
    await drawn(composer.element)
    expect(field(composer).labels[0]?.textContent).toContain('Lobby')
    composer.element.label = 'Your answer'
    await drawn(composer.element)
    expect(field(composer).labels[0]?.textContent).toBe('Your answer')
  })

  it('[A11Y-30] [A11Y-48] that holds too much says by how much, in a text that belongs to it', async () => {
    const composer = await inChat({ maxLength: 5 })
    await userEvent.fill(field(composer), 'too long')
    await drawn(composer.element)
    const described = field(composer).getAttribute('aria-describedby') ?? ''
    expect(composer.element.shadowRoot?.getElementById(described)?.textContent?.trim()).toBe(
      'Too long by 3 characters. Shorten it to send.',
    )
    expect(field(composer).getAttribute('aria-invalid')).toBe('true')
  })

  it('[A11Y-30] that its form refuses has the focus and says why', async () => {
    const form = document.body.appendChild(document.createElement('form'))
    const composer = await mount('collab-composer', { parent: form }, { required: true, name: 'q' })
    form.requestSubmit()
    await drawn(composer.element)
    expect(composer.element.shadowRoot?.activeElement).toBe(field(composer))
    expect(composer.element.validationMessage).toBe('Write a message.')
    form.remove()
  })

  it.each([
    ['isComposing', { isComposing: true }],
    ['229 alone, as Safari tells it', { keyCode: 229 }],
  ])('[A11Y-49] leaves Enter to an input method: %s', async (_name, composing) => {
    const composer = await inChat()
    await userEvent.fill(field(composer), 'にほん')
    const enter = new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, ...composing })
    field(composer).dispatchEvent(enter)
    expect(enter.defaultPrevented).toBe(false)
    expect(composer.client.calls.some(([name]) => name === 'send')).toBe(false)
  })

  it('[A11Y-8] that goes away hands the focus to the words that say why', async () => {
    const composer = await inChat()
    field(composer).focus()
    composer.client.setChat('lobby', { chat: chatOf('lobby', { permissions: [] }) })
    await drawn(composer.element)
    expect(composer.element.shadowRoot?.activeElement).toBe(composer.one('[part=hint]'))
  })
})

describe('the button', () => {
  it('[A11Y-2] is named, and says when it does nothing without being out of reach', async () => {
    const composer = await inChat()
    const button = composer.one<HTMLButtonElement>('[part=send-button]')
    expect([button.ariaLabel, button.ariaDisabled, button.disabled]).toEqual([
      'Send',
      'true',
      false,
    ])
    await userEvent.fill(field(composer), 'now')
    await drawn(composer.element)
    expect(button.ariaDisabled).toBe('false')
    button.focus()
    await userEvent.keyboard('{Enter}')
    expect(composer.client.calls).toContainEqual(['send', 'now'])
    expect(composer.element.shadowRoot?.activeElement).toBe(field(composer))
  })
})

describe('sending', () => {
  it('[A11Y-28] [A11Y-47] that fails is told at once, and where to find it', async () => {
    const composer = await inChat()
    const spoken = listen(composer.element)
    composer.element.send('one')
    const [pending] = composer.client.store.getState().chats['lobby']?.pending ?? []
    if (!pending) throw new Error('nothing waits')
    const error = { code: 'forbidden', message: '', retryable: false, requestId: '' } as const
    composer.client.setChat('lobby', { pending: [{ ...pending, state: 'failed', error }] })
    await expect
      .poll(() => spoken.all)
      .toEqual(['assertive: Message not sent. Retry and Delete are at the message.'])
    spoken.stop()
  })
})
