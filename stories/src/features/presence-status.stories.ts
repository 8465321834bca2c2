import '@collab-kit/components/presence-status'
import type { PresenceStatusElement } from '@collab-kit/components'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { scenes as common, type Scene } from '../scripted/index.ts'
import { find, focused, textOf } from '../stage/deep.ts'
import { click, eventually, press, type } from '../stage/hand.ts'
import { withoutScript } from '../stage/plain.ts'
import { one, onStage, stageOf } from '../stage/stage.ts'
import { transcriptOf } from '../stage/transcript.ts'
import { told } from './chat-states.ts'
import * as scenes from './presence-scenes.ts'

type Args = Partial<PresenceStatusElement>
type Story = StoryObj<Args>

/** Somebody who said this of themselves. */
const saying = (status?: string): Scene =>
  scenes.filled.with({
    before: ({ service }) =>
      void service.answer('presence.getOwnPresence', () => ({
        state: status ? 'dnd' : 'available',
        showLastSeen: true,
        ...(status && { status, statusExpiresAt: '2026-11-20T12:30:00.000Z' }),
      })),
  })

const meta: Meta<Args> = {
  title: 'Components/presence-status',
  component: 'presence-status',
  render: onStage(one('presence-status')),
  parameters: { scene: saying() },
}
export default meta

const button = (root: HTMLElement) => find(root, '[part~=button]')
async function open(root: HTMLElement): Promise<void> {
  await eventually(() => expect(button(root).ariaDisabled).toBe('false'))
  await click(button(root))
  await eventually(() => expect(find(root, '[part~=menu]')).toBeVisible())
}
const refusing = (code: Parameters<typeof common.refusal>[0]): Scene =>
  saying('In a meeting').with({
    before: ({ service }) => void service.answer('presence.setPresence', common.refusal(code)),
  })

/** How one is here, and the way to say otherwise. */
export const Default: Story = {}

/** It is not known yet what one says of oneself. */
export const Loading: Story = told(scenes.loading, 'loading')

/** The menu, with nothing said yet. */
export const Empty: Story = {
  async play({ canvasElement }) {
    await open(stageOf(canvasElement).root)
    await expect(find(canvasElement, 'presence-status').matches(':state(open)')).toBe(true)
  },
}

/** A status text, and until when it stands. */
export const Filled: Story = {
  parameters: { scene: saying('In a meeting') },
  play: ({ canvasElement }) => open(stageOf(canvasElement).root),
}

/** A text nobody plans for. */
export const LongContent: Story = {
  parameters: {
    scene: saying(
      'On the night train to the coast with a connection that comes and goes, so do write and I will read it',
    ),
  },
}

/** A state is chosen: others see it at once. */
export const Choosing: Story = {
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const said: string[] = []
    root.addEventListener('collab-presence-changed', ({ detail }) => said.push(detail.state))
    await open(root)
    await click(find(root, 'input[value=invisible]'))
    await eventually(() => expect(said).toEqual(['invisible']))
  },
}

/** A text of more characters than there may be. */
export const TooLong: Story = {
  name: 'Too long',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await open(root)
    await click(find(root, '#status'))
    await type('x'.repeat(161))
    await press('Enter')
    await eventually(() => expect(find(root, '[part~=field-error]')).toBeVisible())
  },
}

/** What is chosen now is told when the connection is back. */
export const Offline: Story = told(scenes.offline, 'offline')

/** The connection broke and is being mended. */
export const Reconnecting: Story = told(scenes.reconnecting, 'offline')

/** Nobody is signed in: the button leads to the form. */
export const AuthRequired: Story = {
  parameters: { scene: scenes.authRequired },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await expect(find(root, 'presence-status').matches(':state(signed-out)')).toBe(true)
    await eventually(() => expect(find(root, '[part~=sign-in-button]')).toBeVisible())
    await click(find(root, '[part~=sign-in-button]'))
    await eventually(() => expect(find(root, '[part~=sign-in]')).toBeVisible())
    await eventually(() => expect(find(root, '[part~=form]')).toBeVisible())
  },
}

/** The service does not let this page in, and the button says so. */
export const Refused: Story = told(scenes.error, 'error')

/** One may not say anything of oneself. */
export const Forbidden: Story = {
  parameters: { scene: refusing('forbidden') },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await open(root)
    await click(find(root, '[part~=save-button]'))
    await eventually(() => expect(find(root, '[part~=error]')).toBeVisible())
  },
}

/** Something went wrong that nobody foresaw; what was written stays. */
export const Error: Story = {
  parameters: { scene: refusing('internal') },
  play: Forbidden.play,
}

/** A status that runs the other way than the page. */
export const RtlMixedBidi: Story = {
  name: 'RTL mixed bidi',
  parameters: { scene: saying('في الطريق (on the way)') },
  globals: { direction: 'rtl' },
}

const CUSTOM = document.createElement('style')
CUSTOM.textContent = `@scope {
  presence-status { --collab-busy: #7c3aed; }
  presence-status::part(button) { border-radius: 4px; }
  presence-status::part(state) { text-transform: uppercase; font-size: 12px; }
  presence-status::part(status) { font-style: italic; }
  presence-status::part(menu) { border-radius: 4px; }
  presence-status::part(save-button) { border-radius: 4px; }
}`

/** Everything that can be styled from outside, styled from outside. */
export const CustomParts: Story = {
  name: 'Custom parts',
  parameters: { scene: saying('In a meeting') },
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.append(CUSTOM.cloneNode(true), element('presence-status'))
    return box
  }),
  async play({ canvasElement }) {
    await eventually(() => find(canvasElement, '[part~=status]'))
    await expect(getComputedStyle(find(canvasElement, '[part~=status]')).fontStyle).toBe('italic')
  },
}

const WITHOUT_SCRIPT = `<presence-status>
  <a href="/settings/status">Your status</a>
</presence-status>`

/** What stands between the tags is what people see where scripts do not run. */
export const NoJsFallback: Story = {
  name: 'No JS fallback',
  render: onStage(() => withoutScript(WITHOUT_SCRIPT)),
  parameters: { markup: WITHOUT_SCRIPT },
  play: async ({ canvasElement }) => {
    await expect(textOf(canvasElement)).toContain('Your status')
  },
}

/** State, text, time and back, with the keyboard alone. */
export const KeyboardTour: Story = {
  name: 'Keyboard tour',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await eventually(() => expect(button(root).ariaDisabled).toBe('false'))
    await press('Tab')
    await expect(focused()).toBe(button(root))
    await press('Enter')
    await eventually(() => expect(focused()).toBe(find(root, 'input[value=available]')))
    await press('Tab')
    await expect(focused()).toBe(find(root, '#status'))
    await type('Out for lunch')
    await press('Enter')
    await eventually(() => expect(focused()).toBe(button(root)))
    await eventually(() => expect(find(root, '[part~=status]').textContent).toContain('lunch'))
  },
}

/** Only what went wrong is announced: all else is where the focus is. */
export const ScreenReaderTranscript: Story = {
  name: 'Screen reader transcript',
  parameters: { scene: refusing('internal') },
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    const status = element('presence-status')
    box.append(status, transcriptOf(status).panel)
    return box
  }),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await open(root)
    await click(find(root, '[part~=save-button]'))
    await eventually(() => expect(find(root, '[part~=error]')).toBeVisible())
  },
}
