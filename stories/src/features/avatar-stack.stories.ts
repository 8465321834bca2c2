import '@collab-kit/components/avatar-stack'
import type { AvatarStackElement } from '@collab-kit/components'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { find, findAll, focused, textOf } from '../stage/deep.ts'
import { click, eventually, press } from '../stage/hand.ts'
import { withoutScript } from '../stage/plain.ts'
import { one, onStage, stageOf } from '../stage/stage.ts'
import { transcriptOf } from '../stage/transcript.ts'
import { told } from './chat-states.ts'
import * as scenes from './presence-scenes.ts'

type Args = Partial<AvatarStackElement>
type Story = StoryObj<Args>

const meta: Meta<Args> = {
  title: 'Components/avatar-stack',
  component: 'avatar-stack',
  render: onStage(one('avatar-stack')),
  parameters: { scene: scenes.filled },
  args: {
    contacts: true,
    max: 3,
    withCount: true,
    participantActions: [{ action: 'message', label: 'Send message' }],
  },
}
export default meta

const faces = (root: HTMLElement) => findAll(root, '.stack button')
const overflow = (root: HTMLElement) => find(root, '[part~=overflow]')
const opens = (root: HTMLElement, part: string) =>
  eventually(() => expect(find(root, `[part~=${part}]`)).toBeVisible())

/** Those who are here, the longest there first. */
export const Default: Story = {}

/** Connected, and nobody says who is here. */
export const Loading: Story = told(scenes.loading, 'loading')

/** Nobody else is there. */
export const Empty: Story = { ...told(scenes.empty, 'empty'), args: { self: 'hidden' } }

/** A picture among them. */
export const Filled: Story = {
  parameters: { scene: scenes.pictured },
  play: ({ canvasElement }) => opens(canvasElement, 'image'),
}

/** Names nobody plans for, in the list of those who found no place. */
export const LongContent: Story = {
  parameters: { scene: scenes.longContent },
  args: { max: 1 },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await eventually(() => overflow(root))
    await click(overflow(root))
    await opens(root, 'popover')
  },
}

/** Hundreds: a few faces and a number. */
export const Many: Story = {
  parameters: { scene: scenes.many },
  args: { max: 5 },
  play: ({ canvasElement }) =>
    eventually(() => expect(overflow(canvasElement).textContent).toContain('+37')),
}

/** Small, medium, large. */
export const Sizes: Story = {
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.style.display = 'grid'
    box.style.gap = '16px'
    box.append(
      ...(['small', 'medium', 'large'] as const).map((size) => element('avatar-stack', { size })),
    )
    return box
  }),
}

/** Too many to be told one by one: only their number. */
export const Audience: Story = {
  args: { contacts: false, chatId: 'lobby' },
  parameters: { scene: scenes.audience },
  play: ({ canvasElement }) => opens(canvasElement, 'count'),
}

/** What was known last. */
export const Offline: Story = told(scenes.offline, 'offline')

/** The connection broke and is being mended. */
export const Reconnecting: Story = told(scenes.reconnecting, 'offline')

/** Nobody is signed in: a button leads to the form. */
export const AuthRequired: Story = {
  parameters: { scene: scenes.authRequired },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await expect(find(root, 'avatar-stack').matches(':state(signed-out)')).toBe(true)
    await eventually(() => expect(find(root, '[part~=sign-in-button]')).toBeVisible())
    await click(find(root, '[part~=sign-in-button]'))
    await opens(root, 'sign-in')
    await eventually(() => expect(find(root, '[part~=form]')).toBeVisible())
  },
}

/** Who is here is not for everybody to see. */
export const Forbidden: Story = told(scenes.forbidden, 'error')

/** There is no such place. */
export const NotFound: Story = {
  ...told(scenes.notFound, 'error'),
  args: { contacts: false, chatId: 'nowhere' },
}

/** The service does not let this page in. */
export const Error: Story = told(scenes.error, 'error')

/** Where text runs from right to left the stack does too. */
export const RtlMixedBidi: Story = {
  name: 'RTL mixed bidi',
  ...told(scenes.mixed, 'ready'),
  globals: { direction: 'rtl' },
}

const CUSTOM = document.createElement('style')
CUSTOM.textContent = `@scope {
  avatar-stack { --collab-busy: #7c3aed; --collab-avatar-size: 44px; --collab-avatar-overlap: 14px; --collab-avatar-ring: 4px; }
  avatar-stack::part(avatar) { border-radius: 30%; }
  avatar-stack::part(overflow) { border-radius: 30%; }
  avatar-stack::part(count) { font-style: italic; }
}`

/** Everything that can be styled from outside, styled from outside. */
export const CustomParts: Story = {
  name: 'Custom parts',
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.append(CUSTOM.cloneNode(true), element('avatar-stack'))
    return box
  }),
  play: async ({ canvasElement }) => {
    const { fontStyle } = getComputedStyle(find(canvasElement, '[part~=count]'))
    await expect(fontStyle).toBe('italic')
  },
}

/** Words of the page's own at both ends, and a button on every card. */
export const Slots: Story = {
  render: onStage(({ element }) => {
    const stack = element('avatar-stack', { withCount: false })
    stack.innerHTML = `<strong slot="start">In the room</strong>
      <button slot="end">Invite</button>
      <button slot="participant-actions" data-action="wave">Wave</button>`
    return stack
  }),
  parameters: {
    markup: `<avatar-stack contacts max="3">
  <strong slot="start">In the room</strong>
  <button slot="end">Invite</button>
  <button slot="participant-actions" data-action="wave">Wave</button>
</avatar-stack>`,
  },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const done: string[] = []
    root.addEventListener('collab-participant-action', ({ detail }) => done.push(detail.action))
    await eventually(() => expect(faces(root).length).toBeGreaterThan(2))
    await click(find(root, '.person'))
    await opens(root, 'card')
    await click(find(root, '[slot=participant-actions]'))
    await expect(done).toEqual(['wave'])
    await click(find(root, '.person'))
    await opens(root, 'card')
  },
}

const WITHOUT_SCRIPT = `<avatar-stack contacts>
  <a href="/people">Who is here</a>
</avatar-stack>`

/** What stands between the tags is what people see where scripts do not run. */
export const NoJsFallback: Story = {
  name: 'No JS fallback',
  render: onStage(() => withoutScript(WITHOUT_SCRIPT)),
  parameters: { markup: WITHOUT_SCRIPT },
  play: async ({ canvasElement }) => {
    await expect(textOf(canvasElement)).toContain('Who is here')
  },
}

/** Along the faces, into the list of the others and back, with the keyboard alone. */
export const KeyboardTour: Story = {
  name: 'Keyboard tour',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const rtl = getComputedStyle(find(root, 'avatar-stack')).direction === 'rtl'
    await eventually(() => expect(faces(root).length).toBeGreaterThan(3))
    await press('Tab')
    await expect(focused()).toBe(faces(root)[0])
    await eventually(() => expect(find(root, '[part~=tooltip]')).toBeVisible())
    await press(rtl ? 'ArrowLeft' : 'ArrowRight')
    await expect(focused()).toBe(faces(root)[1])
    await press('End')
    await expect(focused()).toBe(overflow(root))
    await press('Enter')
    await opens(root, 'popover')
    await eventually(() => expect(focused()?.className).toBe('who'))
    await press('Escape')
    await eventually(() => expect(focused()).toBe(overflow(root)))
  },
}

/** Faces come and go in silence: the focus reads who they are. */
export const ScreenReaderTranscript: Story = {
  name: 'Screen reader transcript',
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    const stack = element('avatar-stack')
    box.append(stack, transcriptOf(stack).panel)
    return box
  }),
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    await eventually(() => expect(faces(root).length).toBeGreaterThan(3))
    world.service.setPresence('yuki', { state: 'available' })
    await press('Tab')
    await eventually(() => expect(find(root, '.transcript').textContent).toContain('Online'))
  },
}
