import '@collab-kit/components/collab-chat'
import '@collab-kit/components/collab-composer'
import type { CollabChatElement } from '@collab-kit/components'
import { CollabError } from '@collab-kit/protocol/runtime'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { LOBBY, scenes } from '../scripted/index.ts'
import { find, findAll, focused, textOf } from '../stage/deep.ts'
import { click, eventually, press, tabInto, type } from '../stage/hand.ts'
import { one, onStage, stageOf } from '../stage/stage.ts'
import { transcriptOf } from '../stage/transcript.ts'
import * as looks from './chat-looks.ts'
import * as states from './chat-states.ts'

type Args = Partial<CollabChatElement>
type Story = StoryObj<Args>

const meta: Meta<Args> = {
  title: 'Components/collab-chat',
  component: 'collab-chat',
  args: { chatId: LOBBY },
  render: onStage(one('collab-chat')),
  parameters: { scene: scenes.filled },
}
export default meta

const input = (root: HTMLElement) => find<HTMLTextAreaElement>(root, '[part~=input]')
const messages = (root: HTMLElement) => findAll(root, '[part~=message]')

async function write(root: HTMLElement, text: string): Promise<void> {
  await click(input(root))
  await type(text)
}

/** What the keys of the list do is fetched once it is seen: the first of them may come too early. */
const intoList = (from: Element | null | undefined) =>
  eventually(async () => {
    await press('ArrowUp')
    await expect(focused()).not.toBe(from)
  })

const toMessages = () =>
  eventually(async () => {
    await press('Alt+ArrowUp')
    await expect(focused()?.localName).toBe('article')
  })

/** A talk under way: header, messages and composer. */
export const Default: Story = {}

export const Loading: Story = states.loading

/** The first message is one's own. */
export const Empty: Story = {
  ...states.empty,
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await expect(find(root, 'collab-chat').matches(':state(empty)')).toBe(true)
    await eventually(() => click(find(root, '[part~=notice-button]')))
    await expect(focused()).toBe(input(root))
  },
}

/** Writing, sending, and what the page hears of it. */
export const Filled: Story = {
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const heard: string[] = []
    for (const name of ['collab-send', 'collab-sent'] as const)
      root.addEventListener(name, ({ type: told }) => heard.push(told))
    await write(root, 'See you all on Tuesday')
    await press('Shift+Enter')
    await type('– Ann')
    await press('Enter')
    await eventually(() => expect(heard).toEqual(['collab-send', 'collab-sent']))
    await expect(input(root)).toHaveValue('')
    await expect(messages(root).at(-1)?.textContent).toContain('See you all on Tuesday\n– Ann')
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

/** A guest gives a name and is in the middle of it. */
export const FirstRun: Story = {
  name: 'First run',
  parameters: { scene: scenes.authRequired },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await click(find(root, 'input#displayName'))
    await type('Ann K')
    await press('Enter')
    await eventually(() => expect(messages(root).length).toBeGreaterThan(5))
    await eventually(() => expect(focused()).toBe(input(root)))
  },
}

/** Nine messages came since the last visit; the first of them is where one begins to read. */
export const Unread: Story = {
  parameters: { scene: scenes.unread },
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    await expect(find(root, '[part~=unread-marker]')).toBeVisible()
    const read: number[] = []
    root.addEventListener('collab-read', ({ detail }) => read.push(detail.seq))
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

/** Going back: older messages come in above, and what one reads stays where it is. */
export const HistoryPrepend: Story = {
  name: 'History prepend',
  parameters: { scene: scenes.history },
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const before = messages(root).length
    const scroller = find(root, '.scroller')
    await click(input(root))
    await toMessages()
    await intoList(focused())
    const held = focused()
    const loaded: number[] = []
    root.addEventListener('collab-history-load', ({ detail }) => loaded.push(detail.count))
    scroller.scrollTop = 0
    await eventually(() => expect(messages(root).length).toBeGreaterThan(before))
    await eventually(() => expect(loaded[0]).toBeGreaterThan(0))
    await expect(focused()).toBe(held)
    scroller.scrollTop = scroller.scrollHeight / 3
    world.peer('ben').writes('Are you still there?')
    await eventually(() =>
      expect(find(root, '[part~=jump-button]').getAttribute('aria-label')).toContain('1 new'),
    )
    await expect(find(root, 'collab-chat').matches(':state(unread)')).toBe(true)
  },
}

/** Refused messages stay, with the reason and what can be done. */
export const FailedAndRetry: Story = {
  name: 'Failed and retry',
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const heard: string[] = []
    for (const name of ['collab-sent', 'collab-send-failed'] as const)
      root.addEventListener(name, ({ type: told }) => heard.push(told))
    const accept = world.service.answer('chat.sendMessage', () => {
      throw new CollabError('forbidden')
    })
    await write(root, 'This one was refused, and it is long enough to wrap in a narrow column.')
    await press('Enter')
    await eventually(() => expect(findAll(root, '[part~=message-failure]')).toHaveLength(1))
    await write(root, 'And this one at first')
    await press('Enter')
    await eventually(() => expect(findAll(root, '[part~=retry-button]')).toHaveLength(2))
    accept()
    await click(findAll(root, '[part~=retry-button]')[1] as HTMLElement)
    await eventually(() =>
      expect(heard).toEqual(['collab-send-failed', 'collab-send-failed', 'collab-sent']),
    )
    await expect(findAll(root, '[part~=discard-button]')).toHaveLength(1)
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
    await expect(textOf(canvasElement)).toContain('edited')
  },
}

/** A talk of two is called by the other's name. */
export const Direct: Story = {
  parameters: { scene: scenes.direct },
  play: async ({ canvasElement }) => {
    await expect(textOf(find(canvasElement, '[part~=title]'))).toContain('Ben Lindqvist')
  },
}

/** Two people on one page, each with an account of their own. */
export const TwoAccounts: Story = {
  name: 'Two accounts',
  render: onStage(({ element, world, client }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    box.append(
      element('collab-chat', { client, label: 'As Ann' }),
      element('collab-chat', { client: world.clientFor('ben'), label: 'As Ben' }),
    )
    return box
  }),
  async play({ canvasElement }) {
    const [ann, ben] = findAll(canvasElement, 'collab-chat') as [HTMLElement, HTMLElement]
    await click(input(ann))
    await type('Hello Ben')
    await eventually(() => expect(textOf(find(ben, '[part~=typing]'))).toContain('Ann Kowalska'))
    await press('Enter')
    await eventually(() => expect(messages(ben).at(-1)?.textContent).toContain('Hello Ben'))
    await expect(messages(ben).at(-1)?.part.contains('message-own')).toBe(false)
    await expect(messages(ann).at(-1)?.part.contains('message-own')).toBe(true)
  },
}

/** In a column as narrow as a side panel. */
export const Narrow: Story = {
  name: 'Narrow (240)',
  parameters: { scene: scenes.failed },
  globals: { width: '240' },
}

/** Close to the longest message there may be, and over it. */
export const NearLimit: Story = {
  name: 'Near the limit',
  parameters: { scene: scenes.tight },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, 'This is a message that is nearly as long as it may be here.')
    await eventually(() => expect(find(root, '[part~=counter]')).toBeVisible())
    await type(' And now it is too long.')
    await expect(input(root).getAttribute('aria-invalid')).toBe('true')
  },
}

/** The page wants short messages: fewer characters than the service would take. */
export const MaxLength: Story = {
  name: 'Max length',
  args: { maxLength: 60 },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await write(root, 'Sixty characters are not many, so this message has to end…')
    await eventually(() => expect(find(root, '[part~=counter]')).toBeVisible())
    await expect(input(root).getAttribute('aria-invalid')).toBe(null)
    await type(' here.')
    await expect(input(root).getAttribute('aria-invalid')).toBe('true')
  },
}

/** The page puts the composer elsewhere, here above the messages. */
export const WithoutComposer: Story = {
  name: 'Without composer',
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    Object.assign(box.style, { display: 'grid', gap: '12px' })
    box.append(element('collab-composer'), element('collab-chat', { withoutComposer: true }))
    return box
  }),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const field = (tag: string) => find<HTMLTextAreaElement>(find(root, tag), '[part~=input]')
    await expect(field('collab-chat').checkVisibility()).toBe(false)
    await click(field('collab-composer'))
    await type('Written up here')
    await press('Enter')
    await eventually(() => expect(messages(root).at(-1)?.textContent).toContain('Written up here'))
  },
}

/** One may write again as soon as a message is refused by the page itself. */
export const RefusedByThePage: Story = {
  name: 'Refused by the page',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    root.addEventListener('collab-send', (event) => event.preventDefault())
    await write(root, 'The page’s own rule says no')
    await press('Enter')
    await expect(input(root)).toHaveValue('The page’s own rule says no')
  },
}

/** From the first stop to the last with the keyboard alone. */
export const KeyboardTour: Story = {
  name: 'Keyboard tour',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const newest = messages(root).at(-1)
    await tabInto(newest)
    await intoList(newest)
    await press('ArrowUp')
    await expect(messages(root).indexOf(focused() as HTMLElement)).toBe(messages(root).length - 3)
    await press('Enter')
    await expect(focused()).toHaveAttribute('href', 'mailto:copy@example.com')
    await press('Escape', 'Home')
    await expect(focused()).toBe(messages(root)[0])
    await press('Control+End')
    await expect(focused()).toBe(input(root))
    await type('No mouse was here')
    await press('Enter')
    await eventually(() =>
      expect(messages(root).at(-1)?.textContent).toContain('No mouse was here'),
    )
    await press('Alt+ArrowUp')
    await expect(focused()?.localName).toBe('article')
    await press('Escape')
    await expect(focused()).toBe(input(root))
  },
}

/** What a screen reader says of new messages is for each person to choose: the way there comes up with the keyboard. */
export const Announcements: Story = {
  render: onStage(states.beside('collab-chat')),
  play: states.chosenAnnouncements,
}

/** Which keys do what, as `?` tells it while a message has the focus. */
export const KeyboardHelp: Story = {
  name: 'Keyboard help',
  render: onStage(looks.styled('collab-chat', looks.HELP_LOOK)),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await click(input(root))
    await toMessages()
    await press('Shift+?')
    await eventually(() => expect(find(root, 'dialog')).toBeVisible())
  },
}

/** What the announcer says, and what the focus leads to. */
export const ScreenReaderTranscript: Story = {
  name: 'Screen reader transcript',
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    const chat = element('collab-chat')
    box.append(chat, transcriptOf(chat).panel)
    return box
  }),
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const said = () => find(root, '.transcript').textContent
    world.peer('ben').writes('Lunch at one?')
    await eventually(() => expect(said()).toContain('Lunch at one?'))
    for (const body of ['Or half past?', 'Or two?', 'I am hungry.'])
      world.peer('chidi').writes(body)
    await eventually(() => expect(said()).toContain('3 new messages'))
    await click(input(root))
    await press('Alt+ArrowUp')
    world.service.answer('chat.sendMessage', () => {
      throw new CollabError('forbidden')
    })
    await write(root, 'At two')
    await press('Enter')
    await eventually(() => expect(said()).toContain('Message not sent'))
  },
}

/** A line for each message instead of bubbles: for talks of many. */
export const Rows: Story = { args: { variant: 'rows' } }

/** Less room, the usual room, more room. */
export const Density: Story = {
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    for (const density of ['compact', 'cozy', 'roomy'] as const)
      box.append(element('collab-chat', { density, label: density }))
    return box
  }),
}

/** The page draws some messages in its own way. */
export const Renderers: Story = {
  args: { renderers: { body: looks.orderCard } },
  parameters: { scene: looks.withOrder },
  play: async ({ canvasElement }) => {
    await expect(find(canvasElement, '.order')).toBeVisible()
  },
}

/** Everything that can be styled from outside, styled from outside. */
export const CustomParts: Story = {
  name: 'Custom parts',
  parameters: { scene: scenes.failed },
  render: onStage(looks.styled('collab-chat', looks.CHAT_PARTS)),
  play: async ({ canvasElement }) => {
    const { borderRadius } = getComputedStyle(find(canvasElement, '[part~=message-body]'))
    await expect(borderRadius).toBe('2px')
  },
}

/** Every token of this element, set by the page. */
export const Tokens: Story = {
  render: onStage(looks.styled('collab-chat', looks.CHAT_TOKENS)),
}

/** The page's own things around the messages. */
export const Slots: Story = {
  render: onStage(looks.slotted('collab-chat', looks.CHAT_SLOTS)),
  parameters: { markup: looks.markup('collab-chat', looks.CHAT_SLOTS) },
  play: async ({ canvasElement }) => {
    for (const slotted of findAll(canvasElement, 'collab-chat > [slot]'))
      await expect(slotted).toBeVisible()
  },
}

/** The page's own header, in the place of name, topic and members. */
export const SlotHeader: Story = {
  name: 'Slot header',
  render: onStage(looks.slotted('collab-chat', looks.HEADER_SLOT)),
  parameters: { markup: looks.markup('collab-chat', looks.HEADER_SLOT) },
}

/** The page's own words for a chat without messages, one that loads, and one that is not there. */
export const SlotsOfStates: Story = {
  name: 'Slots of states',
  parameters: { scene: looks.threeStates },
  render: onStage(looks.slottedStates('collab-chat')),
}

/** The page's own words while there is no network. */
export const SlotOffline: Story = {
  name: 'Slot offline',
  parameters: { scene: scenes.offline },
  render: onStage(looks.slotted('collab-chat', looks.OFFLINE_SLOT)),
}

/** What stands between the tags is what people see where scripts do not run. */
export const NoJsFallback: Story = {
  name: 'No JS fallback',
  render: onStage(() => looks.plain('collab-chat')),
  parameters: { markup: looks.withoutScriptMarkup('collab-chat') },
  play: async ({ canvasElement }) => {
    await expect(textOf(canvasElement)).toContain('needs JavaScript')
  },
}
