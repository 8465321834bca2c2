import '@collab-kit/components/collab-composer'
import type { CollabComposerElement } from '@collab-kit/components'
import { CollabError } from '@collab-kit/protocol/runtime'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { LOBBY, scenes } from '../scripted/index.ts'
import { find, findAll, focused, textOf } from '../stage/deep.ts'
import { click, eventually, press, type } from '../stage/hand.ts'
import { type Build, one, onStage, stageOf } from '../stage/stage.ts'
import { transcriptOf } from '../stage/transcript.ts'
import * as looks from './chat-looks.ts'
import * as states from './chat-states.ts'

type Args = Partial<CollabComposerElement>
type Story = StoryObj<Args>

const meta: Meta<Args> = {
  title: 'Components/collab-composer',
  component: 'collab-composer',
  args: { chatId: LOBBY },
  render: onStage(one('collab-composer')),
  parameters: { scene: scenes.filled },
}
export default meta

const input = (root: HTMLElement) => find<HTMLTextAreaElement>(root, '[part~=input]')
const composer = (root: HTMLElement) => find<CollabComposerElement>(root, 'collab-composer')

async function write(root: HTMLElement, text: string): Promise<void> {
  await click(input(root))
  await type(text)
}

/** The place to write, alone. */
export const Default: Story = {}

export const Loading: Story = states.loading

/** Nothing is written: there is nothing to send. */
export const Empty: Story = {
  ...states.empty,
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    await click(find(root, '[part~=send-button]'))
    await expect(world.service.calls.map(({ operation }) => operation)).not.toContain(
      'chat.sendMessage',
    )
  },
}

/** What is written goes to the chat, and the page hears of it. */
export const Filled: Story = {
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const heard: string[] = []
    for (const name of ['input', 'change', 'collab-send', 'collab-sent'] as const)
      composer(root).addEventListener(name, (event) => heard.push(event.type))
    await write(root, 'Hi')
    await press('Enter')
    await eventually(() => expect(heard).toContain('collab-sent'))
    await type('And a second one that is not sent')
    await press('Tab')
    await eventually(() => expect(heard).toContain('change'))
    await expect(heard.slice(0, 3)).toEqual(['input', 'input', 'collab-send'])
  },
}

/** A text that is longer than the field grows. */
export const LongContent: Story = {
  ...states.longContent,
  name: 'Long content',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    composer(root).insertText(
      Array.from({ length: 20 }, (_, index) => `Line ${index + 1} of something long`).join('\n'),
    )
    await eventually(() =>
      expect(input(root).scrollHeight).toBeGreaterThan(input(root).clientHeight),
    )
  },
}

/** Several lines: Shift and Enter begin a new one. */
export const Multiline: Story = {
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, 'First line')
    await press('Shift+Enter')
    await type('Second line')
    await expect(input(root)).toHaveValue('First line\nSecond line')
  },
}

/** Where Enter makes lines, Ctrl and Enter send. */
export const SendOnModEnter: Story = {
  name: 'Send on Ctrl + Enter',
  args: { sendOn: 'mod-enter' },
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const sent = () => world.service.calls.filter((call) => call.operation === 'chat.sendMessage')
    await write(root, 'One')
    await press('Enter')
    await type('Two')
    await expect(sent()).toHaveLength(0)
    await press('Control+Enter')
    await eventually(() => expect(sent()).toHaveLength(1))
  },
}

/** One may not write here. */
export const Readonly: Story = { ...states.readonly, play: states.holds('readonly') }

/** The page switched it off. */
export const Disabled: Story = {
  args: { disabled: true },
  play: async ({ canvasElement }) => {
    await expect(input(canvasElement)).toBeDisabled()
  },
}

export const Offline: Story = states.offline
export const Reconnecting: Story = states.reconnecting
export const AuthRequired: Story = { ...states.authRequired, name: 'Auth required' }
export const Forbidden: Story = states.forbidden
export const NotFound: Story = { ...states.notFound, name: 'Not found' }

/** The service did not take a message. */
export const Error: Story = {
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const codes: (string | undefined)[] = []
    root.addEventListener('collab-send-failed', ({ detail }) => codes.push(detail.error?.code))
    world.service.answer('chat.sendMessage', () => {
      throw new CollabError('forbidden')
    })
    await write(root, 'This is refused')
    await press('Enter')
    await eventually(() => expect(codes).toEqual(['forbidden']))
  },
}

/** The service does not let this page in. */
export const OriginDenied: Story = { ...states.refused, name: 'Origin denied' }

/** Close to the longest message there may be. */
export const NearLimit: Story = {
  name: 'Near the limit',
  parameters: { scene: scenes.tight },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, 'This is a message that is nearly as long as it may be here.')
    await eventually(() => expect(find(root, '[part~=counter]')).toBeVisible())
    await expect(input(root).getAttribute('aria-invalid')).toBe(null)
  },
}

/** Over it: the text stays, and says by how much it has to be shortened. */
export const OverLimit: Story = {
  name: 'Over the limit',
  args: { maxLength: 20 },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, 'Longer than twenty characters')
    await expect(input(root).getAttribute('aria-invalid')).toBe('true')
    await expect(composer(root).validity?.tooLong).toBe(true)
  },
}

/**
 * While an input method is open (Japanese, Chinese, Korean, dead keys), Enter chooses a word and sends nothing.
 * Browsers tell it in two ways; both are heard here.
 */
export const InputMethod: Story = {
  name: 'Input method',
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    await write(root, 'こんにちは')
    for (const how of [{ isComposing: true }, { keyCode: 229 }]) {
      const enter = new KeyboardEvent('keydown', {
        key: 'Enter',
        bubbles: true,
        cancelable: true,
        ...how,
      })
      input(root).dispatchEvent(enter)
      await expect(enter.defaultPrevented).toBe(false)
    }
    await expect(world.service.calls.map(({ operation }) => operation)).not.toContain(
      'chat.sendMessage',
    )
  },
}

/** Both directions in one text. */
export const RtlMixedBidi: Story = {
  ...states.mixed,
  name: 'RTL mixed bidi',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, 'مرحبا Ben, في 14:30')
    await expect(getComputedStyle(input(root)).direction).toBe('rtl')
  },
}

const inForm: Build<Args> = ({ element }) => {
  const form = document.createElement('form')
  form.innerHTML = '<p>Tell us what happened.</p><output></output>'
  const field = element('collab-composer', {
    name: 'report',
    required: true,
    label: 'What happened',
    placeholder: 'What happened?',
  })
  field.chatId = undefined
  form.querySelector('p')?.after(field)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const output = form.querySelector('output')
    if (output) output.value = `Sent: ${String(new FormData(form).get('report'))}`
  })
  return form
}

/** Without a chat it is a field of the form around it: with a name, a value and a rule. */
export const AloneInAForm: Story = {
  name: 'Alone in a form',
  args: { chatId: undefined },
  render: onStage(inForm),
  parameters: {
    markup: `<form>
  <collab-composer name="report" required label="What happened"></collab-composer>
</form>`,
  },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await expect(composer(root).checkValidity()).toBe(false)
    await write(root, 'The page was blank.')
    await expect(composer(root).checkValidity()).toBe(true)
    await press('Enter')
    await eventually(() =>
      expect(find(root, 'output').textContent).toBe('Sent: The page was blank.'),
    )
  },
}

/** Everything that can be styled from outside, styled from outside. */
export const CustomParts: Story = {
  name: 'Custom parts',
  parameters: { scene: scenes.tight },
  render: onStage(looks.styled('collab-composer', looks.COMPOSER_PARTS)),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, 'This is a message that is nearly as long as it may be here.')
    await expect(getComputedStyle(find(root, '[part~=send-button]')).borderRadius).toBe('4px')
  },
}

/** Every token of this element, set by the page. */
export const Tokens: Story = {
  render: onStage(looks.styled('collab-composer', looks.COMPOSER_TOKENS)),
  play: LongContent.play,
}

/** Buttons of the page's own before and after the text. */
export const Slots: Story = {
  render: onStage(looks.slotted('collab-composer', looks.COMPOSER_SLOTS)),
  parameters: { markup: looks.markup('collab-composer', looks.COMPOSER_SLOTS) },
  play: async ({ canvasElement }) => {
    await expect(findAll(canvasElement, 'collab-composer > [slot]')).toHaveLength(2)
  },
}

/** What stands between the tags is what people see where scripts do not run. */
export const NoJsFallback: Story = {
  name: 'No JS fallback',
  render: onStage(() => looks.plain('collab-composer')),
  parameters: { markup: looks.withoutScriptMarkup('collab-composer') },
  play: async ({ canvasElement }) => {
    await expect(textOf(canvasElement)).toContain('needs JavaScript')
  },
}

/** Into the field, a text, sent, and out again. */
export const KeyboardTour: Story = {
  name: 'Keyboard tour',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await press('Tab')
    await expect(focused()).toBe(input(root))
    await type('No mouse was here')
    await press('Tab')
    await expect(focused()).toBe(find(root, '[part~=send-button]'))
    await press('Enter')
    await eventually(() => expect(input(root)).toHaveValue(''))
    await eventually(() => expect(focused()).toBe(input(root)))
  },
}

/** A message that is not sent is said at once. */
export const ScreenReaderTranscript: Story = {
  name: 'Screen reader transcript',
  parameters: {
    scene: scenes.filled.with({
      before: ({ service }) => void service.answer('chat.sendMessage', scenes.refusal('forbidden')),
    }),
  },
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    const field = element('collab-composer')
    box.append(field, transcriptOf(field).panel)
    return box
  }),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const said = () => find(root, '.transcript').textContent
    await write(root, 'At two')
    await press('Enter')
    await eventually(() => expect(said()).toContain('Message not sent'))
    await expect(said()).toContain('Onboarding')
  },
}
