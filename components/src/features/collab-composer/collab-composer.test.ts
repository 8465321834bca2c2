import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { findings } from '../../../demo/accessibility.ts'
import { ann, chatOf, readyChat } from '../../../demo/fake-client.ts'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import type { CollabSendEvent } from '../chat/chat.events.ts'
import type { CollabComposerElement } from './collab-composer.ts'
import './index.ts'

afterEach(() => {
  unmountAll()
  document.body.replaceChildren()
})

type Composer = Mounted<CollabComposerElement>

const field = (composer: Composer) => composer.one<HTMLTextAreaElement>('textarea')

function form(html = ''): HTMLFormElement {
  const element = document.createElement('form')
  element.addEventListener('submit', (event) => event.preventDefault())
  element.append(html)
  document.body.append(element)
  return element
}

const alone = (properties: Partial<CollabComposerElement> = {}, parent: Element = document.body) =>
  mount('collab-composer', { parent }, properties)

const inChat = (properties: Partial<CollabComposerElement> = {}, chat = readyChat('lobby', [])) =>
  mount(
    'collab-composer',
    { state: { me: ann, chats: { lobby: chat } } },
    { chatId: 'lobby', ...properties },
  )

describe('a composer of a chat', () => {
  it('sends what is written and is empty then', async () => {
    const composer = await inChat()
    await userEvent.fill(field(composer), 'Hello')
    await userEvent.keyboard('{Enter}')
    expect(composer.client.calls).toContainEqual(['send', 'Hello'])
    await drawn(composer.element)
    expect(composer.element.value).toBe('')
    expect(field(composer).value).toBe('')
  })

  it('says whom the message goes to', async () => {
    const composer = await inChat()
    expect(composer.one('label').textContent).toContain('Lobby')
    expect(await findings(composer.element)).toEqual([])
  })

  it('keeps the text when a listener refuses, and tells what would be sent', async () => {
    const composer = await inChat()
    const asked: unknown[] = []
    composer.element.addEventListener('collab-send', (event) => {
      event.preventDefault()
      asked.push((event as CollabSendEvent).detail)
    })
    await userEvent.fill(field(composer), 'Not yet')
    expect(composer.element.send()).toBe(false)
    expect(asked).toEqual([{ chatId: 'lobby', body: 'Not yet' }])
    expect(composer.element.value).toBe('Not yet')
  })

  it('shows the draft of the chat and keeps what is written as one', async () => {
    const composer = await inChat({}, readyChat('lobby', [], { draft: 'Half a thou' }))
    expect(composer.element.value).toBe('Half a thou')
    await userEvent.type(field(composer), 'ght')
    expect(composer.client.calls).toContainEqual(['setDraft', 'Half a thought'])
    expect(composer.client.calls).toContainEqual(['setTyping', true])
  })

  it('with send-on="mod-enter" Enter is a new line, and with Ctrl it sends', async () => {
    const composer = await inChat({ sendOn: 'mod-enter' })
    await userEvent.type(field(composer), 'a{Enter}b')
    expect(composer.element.value).toBe('a\nb')
    await userEvent.keyboard('{Control>}{Enter}{/Control}')
    expect(composer.client.calls).toContainEqual(['send', 'a\nb'])
  })

  it('says why nothing can be written', async () => {
    const forbidden = readyChat('lobby', [], { chat: chatOf('lobby', { permissions: [] }) })
    const composer = await inChat({}, forbidden)
    expect(composer.one('[part=hint]').textContent).toContain('read')
    expect(composer.element.matches(':state(readonly)')).toBe(true)
    expect(composer.one('form').hidden).toBe(true)
    composer.client.connection('signed_out')
    await drawn(composer.element)
    expect(composer.one('[part=hint]').textContent).toContain('Sign in')
  })

  it('puts a text where the caret is', async () => {
    const composer = await inChat()
    await userEvent.fill(field(composer), 'Hello !')
    field(composer).setSelectionRange(6, 6)
    composer.element.insertText('Bo')
    expect(composer.element.value).toBe('Hello Bo!')
    expect(composer.client.calls).toContainEqual(['setDraft', 'Hello Bo!'])
  })
})

describe('a composer as a field of a form', () => {
  it('is submitted under its name, by Enter', async () => {
    const around = form()
    const submitted = vi.fn<(text: unknown) => void>()
    around.addEventListener('submit', () => submitted(new FormData(around).get('question')))
    const composer = await alone({ name: 'question' }, around)
    expect(composer.element.form).toBe(around)
    await userEvent.type(field(composer), 'Why?{Enter}')
    expect(submitted).toHaveBeenCalledExactlyOnceWith('Why?')
  })

  it('tells typing as input, leaving as change, and a set value not at all', async () => {
    const composer = await alone()
    const heard: string[] = []
    for (const type of ['input', 'change'])
      composer.element.addEventListener(type, () => heard.push(type))
    composer.element.value = 'from the page'
    await drawn(composer.element)
    expect(field(composer).value).toBe('from the page')
    expect(heard).toEqual([])
    await userEvent.type(field(composer), '!')
    await userEvent.tab()
    expect(heard).toEqual(['input', 'change'])
  })

  it('that is required refuses the form while it is blank, and says so', async () => {
    const around = form()
    const composer = await alone({ required: true, name: 'q' }, around)
    expect(composer.element.checkValidity()).toBe(false)
    expect(composer.element.validity?.valueMissing).toBe(true)
    expect(composer.element.validationMessage).toBe('Write a message.')
    await userEvent.fill(field(composer), '   ')
    expect(around.checkValidity()).toBe(false)
    await userEvent.fill(field(composer), 'now')
    expect(around.checkValidity()).toBe(true)
  })

  it('[A11Y-48] counts near the limit and refuses what is longer', async () => {
    const composer = await alone({ maxLength: 20, name: 'q' }, form())
    await userEvent.fill(field(composer), 'x'.repeat(17))
    expect(composer.all('#counter')).toEqual([])
    await userEvent.fill(field(composer), 'x'.repeat(19))
    expect(composer.one('#counter').textContent?.trim()).toBe('1 character left')
    expect(field(composer).getAttribute('aria-describedby')).toBe('counter')
    await userEvent.fill(field(composer), 'x'.repeat(22))
    expect(composer.one('#counter').textContent).toContain('Too long by 2 characters')
    expect(composer.element.validity?.tooLong).toBe(true)
    expect(composer.element.send()).toBe(false)
  })

  it('goes back to its attribute when the form is reset', async () => {
    const around = form()
    const composer = await alone({}, around)
    composer.element.setAttribute('value', 'first')
    await drawn(composer.element)
    await userEvent.fill(field(composer), 'second')
    around.reset()
    await drawn(composer.element)
    expect(field(composer).value).toBe('first')
  })

  it('is disabled with its fieldset and by itself', async () => {
    const fieldset = document.createElement('fieldset')
    form().append(fieldset)
    const composer = await alone({}, fieldset)
    fieldset.disabled = true
    await drawn(composer.element)
    expect(field(composer).disabled).toBe(true)
    fieldset.disabled = false
    composer.element.disabled = true
    await drawn(composer.element)
    expect(field(composer).disabled).toBe(true)
    expect(composer.element.matches(':state(error)')).toBe(false)
  })
})
