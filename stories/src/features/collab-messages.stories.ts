import '@collab-kit/components/collab-composer'
import '@collab-kit/components/collab-messages'
import type { CollabMessagesElement } from '@collab-kit/components'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { LOBBY, scenes } from '../scripted/index.ts'
import { find, findAll, focused, textOf } from '../stage/deep.ts'
import { click, eventually, press, tabInto, type } from '../stage/hand.ts'
import { one, onStage, stageOf } from '../stage/stage.ts'
import { transcriptOf } from '../stage/transcript.ts'
import * as looks from './chat-looks.ts'
import * as states from './chat-states.ts'

type Args = Partial<CollabMessagesElement>
type Story = StoryObj<Args>

const meta: Meta<Args> = {
  title: 'Components/collab-messages',
  component: 'collab-messages',
  args: { chatId: LOBBY },
  render: onStage(one('collab-messages')),
  parameters: { scene: scenes.filled },
}
export default meta

const messages = (root: HTMLElement) => findAll(root, '[part~=message]')

/** The messages of a chat alone: to be read, with a place for writing elsewhere or nowhere. */
export const Default: Story = {}

export const Loading: Story = states.loading
export const Empty: Story = { ...states.empty, play: states.holds('empty') }

/** Messages of others come in by themselves. */
export const Filled: Story = {
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    world.peer('chidi').writes('One more for the list')
    await eventually(() =>
      expect(messages(root).at(-1)?.textContent).toContain('One more for the list'),
    )
    await expect(find(root, 'collab-messages').matches(':state(ready)')).toBe(true)
  },
}

export const LongContent: Story = { ...states.longContent, name: 'Long content' }
export const Many: Story = states.many
export const ManyByPaging: Story = { ...states.manyByPaging, name: 'Many by paging' }
export const Readonly: Story = states.readonly
export const Offline: Story = states.offline
export const Reconnecting: Story = states.reconnecting
export const AuthRequired: Story = { ...states.authRequired, name: 'Auth required' }
export const Forbidden: Story = states.forbidden
export const NotFound: Story = { ...states.notFound, name: 'Not found' }
export const Error: Story = states.refused
export const RtlMixedBidi: Story = { ...states.mixed, name: 'RTL mixed bidi' }

/** Nine messages came since the last visit; what is seen is read. */
export const Unread: Story = {
  parameters: { scene: scenes.unread },
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const read: number[] = []
    root.addEventListener('collab-read', ({ detail }) => read.push(detail.seq))
    await expect(find(root, '[part~=unread-marker]')).toBeVisible()
    const jump = find(root, '[part~=jump-button]')
    if (jump.checkVisibility()) await click(jump)
    world.peer('ben').writes('One more thing before lunch')
    await eventually(() => expect(read.at(-1)).toBe(16))
  },
}

/** More is unread than is loaded. */
export const UnreadFarAbove: Story = {
  name: 'Unread far above',
  parameters: { scene: scenes.unreadFarAbove },
  async play({ canvasElement }) {
    await expect(find(canvasElement, '[part~=unread-button]')).toBeVisible()
  },
}

/** Somewhere in the middle: older above, newer below, and a way to the newest. */
export const HistoryPrepend: Story = {
  name: 'History prepend',
  parameters: { scene: scenes.history },
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const before = messages(root).length
    const scroller = find(root, '.scroller')
    const loaded: number[] = []
    root.addEventListener('collab-history-load', ({ detail }) => loaded.push(detail.count))
    scroller.scrollTop = 0
    await eventually(() => expect(messages(root).length).toBeGreaterThan(before))
    await eventually(() => expect(loaded[0]).toBeGreaterThan(0))
    scroller.scrollTop = scroller.scrollHeight / 3
    world.peer('ben').writes('Are you still there?')
    await eventually(() =>
      expect(find(root, 'collab-messages').matches(':state(unread)')).toBe(true),
    )
    await expect(find(root, '[part~=jump-button]')).toBeVisible()
  },
}

/** Refused messages are tried again here, or given up. */
export const FailedAndRetry: Story = {
  name: 'Failed and retry',
  async play({ canvasElement }) {
    const { root, world, client } = stageOf(canvasElement)
    const heard: string[] = []
    for (const name of ['collab-sent', 'collab-send-failed'] as const)
      root.addEventListener(name, (event) => heard.push(event.type))
    const refuse = () => world.service.answer('chat.sendMessage', scenes.refusal('forbidden'))
    const failure = () => find(root, '[part~=message-failure]')
    const retry = () => click(find(root, '[part~=retry-button]'))
    const accept = refuse()
    client.chat(LOBBY).send('At the third attempt')
    await eventually(failure)
    await retry()
    await eventually(() => expect(heard).toEqual(['collab-send-failed']))
    accept()
    await eventually(failure)
    await retry()
    await eventually(() => expect(heard).toEqual(['collab-send-failed', 'collab-sent']))
    refuse()
    client.chat(LOBBY).send('This one was refused, and it is long enough to wrap in a column.')
    await eventually(failure)
  },
}

/** Somebody is writing. */
export const Typing: Story = {
  parameters: { scene: scenes.typing },
  play: async ({ canvasElement }) => {
    await expect(textOf(find(canvasElement, '[part~=typing]'))).toContain('Ben Lindqvist')
  },
}

/** Messages that were changed or taken back say so. */
export const EditedAndDeleted: Story = {
  name: 'Edited and deleted',
  parameters: { scene: scenes.corrected },
  play: async ({ canvasElement }) => {
    await expect(textOf(canvasElement)).toContain('This message was deleted.')
  },
}

/** Messages and composer as two elements, wherever the page wants them. */
export const WithComposer: Story = {
  name: 'With a composer apart',
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    const aside = document.createElement('section')
    aside.append('What do you think?', element('collab-composer'))
    box.append(element('collab-messages'), aside)
    return box
  }),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await click(find(root, '[part~=input]'))
    await type('From over there')
    await press('Enter')
    await eventually(() => expect(messages(root).at(-1)?.textContent).toContain('From over there'))
  },
}

/** A line for each message instead of bubbles. */
export const Rows: Story = { args: { variant: 'rows' } }

/** In a column as narrow as a side panel. */
export const Narrow: Story = {
  name: 'Narrow (240)',
  parameters: { scene: scenes.failed },
  globals: { width: '240' },
}

/** Everything that can be styled from outside, styled from outside. */
export const CustomParts: Story = {
  name: 'Custom parts',
  parameters: { scene: scenes.failed },
  render: onStage(looks.styled('collab-messages', looks.MESSAGES_PARTS)),
  play: async ({ canvasElement }) => {
    const { borderRadius } = getComputedStyle(find(canvasElement, '[part~=message-body]'))
    await expect(borderRadius).toBe('2px')
  },
}

/** Every token of this element, set by the page. */
export const Tokens: Story = {
  render: onStage(looks.styled('collab-messages', looks.MESSAGES_TOKENS)),
}

/** The page's own line above the messages. */
export const Slots: Story = {
  render: onStage(looks.slotted('collab-messages', looks.MESSAGES_SLOTS)),
  parameters: { markup: looks.markup('collab-messages', looks.MESSAGES_SLOTS) },
}

/** The page's own words for a chat without messages, one that loads, and one that is not there. */
export const SlotsOfStates: Story = {
  name: 'Slots of states',
  parameters: { scene: looks.threeStates },
  render: onStage(looks.slottedStates('collab-messages')),
}

/** The page's own words while there is no network. */
export const SlotOffline: Story = {
  name: 'Slot offline',
  parameters: { scene: scenes.offline },
  render: onStage(looks.slotted('collab-messages', looks.OFFLINE_SLOT)),
}

/** What stands between the tags is what people see where scripts do not run. */
export const NoJsFallback: Story = {
  name: 'No JS fallback',
  render: onStage(() => looks.plain('collab-messages')),
  parameters: { markup: looks.withoutScriptMarkup('collab-messages') },
  play: async ({ canvasElement }) => {
    await expect(textOf(canvasElement)).toContain('needs JavaScript')
  },
}

/** One stop of Tab for the whole list; arrows go from message to message. */
export const KeyboardTour: Story = {
  name: 'Keyboard tour',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await tabInto(messages(root).at(-1))
    await eventually(() => press('Home').then(() => expect(focused()).toBe(messages(root)[0])))
    await press('ArrowDown', 'PageDown', 'ArrowUp')
    await expect(focused()).toBe(messages(root)[1])
    await press('Home', 'Enter')
    await expect(focused()).toHaveAttribute('href', expect.stringContaining('staging.example'))
    await press('Escape', 'End')
    await eventually(() => expect(focused()).toBe(messages(root).at(-1)))
  },
}

/** What a screen reader says of new messages is for each person to choose: the way there comes up with the keyboard. */
export const Announcements: Story = {
  render: onStage(states.beside('collab-messages')),
  play: states.chosenAnnouncements,
}

/** Which keys do what, as `?` tells it while a message has the focus. */
export const KeyboardHelp: Story = {
  name: 'Keyboard help',
  render: onStage(looks.styled('collab-messages', looks.HELP_LOOK)),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await tabInto(messages(root).at(-1))
    await eventually(async () => {
      await press('Shift+?')
      await expect(find(root, 'dialog')).toBeVisible()
    })
  },
}

/** What the announcer says, and what the focus leads to. */
export const ScreenReaderTranscript: Story = {
  name: 'Screen reader transcript',
  parameters: { scene: scenes.unread },
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    const list = element('collab-messages')
    box.append(list, transcriptOf(list).panel)
    return box
  }),
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const said = () => find(root, '.transcript').textContent
    await eventually(() => expect(said()).toContain('9 unread since'))
    world.peer('ben').writes('Lunch at one?')
    await eventually(() => expect(said()).toContain('Lunch at one?'))
    await press('Tab')
    await eventually(() => expect(said()).toContain('reads'))
  },
}
