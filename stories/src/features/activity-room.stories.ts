import '@collab-kit/components/activity-room'
import type { ActivityRoomElement } from '@collab-kit/components'
import { CollabError } from '@collab-kit/protocol/runtime'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { scenes, until } from '../scripted/index.ts'
import { find, findAll, focused } from '../stage/deep.ts'
import { click, eventually, press, type } from '../stage/hand.ts'
import { withoutScript } from '../stage/plain.ts'
import { onStage, stageOf } from '../stage/stage.ts'
import { transcriptOf } from '../stage/transcript.ts'
import {
  around,
  EMPTY,
  FORM,
  holds,
  ID,
  LONG,
  many,
  MARKUP,
  PARTS,
  refusing,
  room,
  says,
  SHARED,
  styled,
  TEAM,
  title,
  TOKENS,
  TYPE,
} from './room-looks.ts'

type Args = Partial<ActivityRoomElement>
type Story = StoryObj<Args>

const meta: Meta<Args> = {
  title: 'Components/activity-room',
  component: 'activity-room',
  args: { activityType: TYPE, activityId: ID },
  render: onStage(around()),
  parameters: { scene: TEAM, markup: MARKUP },
}
export default meta

/** A form that four people fill in together: who is in which field, where they point, and who follows. */
export const Default: Story = {
  async play({ canvasElement }) {
    await eventually(() => expect(findAll(canvasElement, '[part~=edit-outline]')).toHaveLength(2))
    await expect(title(canvasElement).value).toBe(SHARED.title)
  },
}

/** The activity does not come: the content is there to be used, and what is typed is sent later. */
export const Loading: Story = {
  parameters: {
    scene: TEAM.with({
      unready: true,
      before: ({ service }) =>
        void service.answer('activities.joinActivity', () => new Promise<never>(() => {})),
    }),
  },
  play: holds('loading'),
}

/** Nobody else is here yet. */
export const Empty: Story = {
  parameters: { scene: EMPTY },
  async play({ canvasElement }) {
    await eventually(() => expect(find(canvasElement, '[part~=people-button]')).toBeVisible())
    await click(find(canvasElement, '[part~=people-button]'))
    await says('Only you are here')({ canvasElement } as never)
  },
}

/** What is typed here arrives there, and the other way round. */
export const Filled: Story = {
  name: 'Two people write',
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const heard: string[] = []
    root.addEventListener('collab-state-change', ({ detail }) => heard.push(detail.key))
    const activity = world.service.activity(TYPE, ID)
    activity.setShared('summary', 'Written by Ben while you look at it.', 'ben')
    await eventually(() =>
      expect(find<HTMLTextAreaElement>(root, 'textarea').value).toContain('Written by Ben'),
    )
    await click(title(root))
    await press('End')
    await type(' and more')
    await eventually(() =>
      expect(activity.shared.get('title')?.value).toBe(`${SHARED.title} and more`),
    )
    await expect(heard).toEqual(['summary', 'title'])
  },
}

/** Everybody, what they do, and a way to go along with them. */
export const People: Story = {
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await eventually(() => expect(find(root, '[part~=edit-outline]')).toBeVisible())
    await click(find(root, '[part~=people-button]'))
    await says('Editing')({ canvasElement } as never)
  },
}

/** Somebody changes the field one is writing in: nothing is replaced under the caret. */
export const HeldBack: Story = {
  name: 'Held back',
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    await click(title(root))
    world.service.activity(TYPE, ID).setShared('title', 'Ben has another idea', 'ben')
    await eventually(() => expect(find(root, '[part~=field-hint]')).toBeVisible())
    await expect(title(root).value).toBe(SHARED.title)
    await expect(focused()).toBe(title(root))
  },
}

/** Two wrote at once: one’s own text stands, and the other is one press away. */
export const Conflict: Story = {
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const conflicts: unknown[] = []
    root.addEventListener('collab-state-conflict', ({ detail }) => conflicts.push(detail.theirs))
    await click(title(root))
    world.service.activity(TYPE, ID).setShared('title', 'Ben was quicker', 'ben')
    await eventually(() => expect(find(root, '[part~=field-hint]')).toBeVisible())
    await press('End')
    await type('!')
    await eventually(() => expect(conflicts).toEqual(['Ben was quicker']))
    await says('Your change replaced')({ canvasElement } as never)
  },
}

/** The service does not take what was written: it stays, and what the others see is one press away. */
export const Refused: Story = {
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const heard: unknown[] = []
    root.addEventListener('collab-error', ({ detail }) => heard.push(detail.code))
    world.service.answer('activities.setShared', scenes.refusal('too_large'))
    await eventually(() => expect(title(root).value).toBe(SHARED.title))
    await click(title(root))
    await press('End')
    await type(' and far more than fits')
    await says('Your change was not saved')({ canvasElement } as never)
    await expect(title(root).value).toBe(`${SHARED.title} and far more than fits`)
    await expect(heard).toContain('too_large')
  },
}

/** One sees what somebody else sees, until one takes over again; the page around the room stays where it is. */
export const Following: Story = {
  args: { followScroll: 'content' },
  async play(context) {
    const { root } = stageOf(context.canvasElement)
    const heard: string[] = []
    for (const name of ['collab-follow-start', 'collab-follow-stop'] as const)
      root.addEventListener(name, ({ type: told }) => heard.push(told))
    await eventually(() => expect(room(root).follow('ben')).toBe(true))
    await holds('following')(context)
    room(root).unfollow()
    await eventually(() => expect(heard).toEqual(['collab-follow-start', 'collab-follow-stop']))
    await eventually(() => expect(room(root).follow('ben')).toBe(true))
    await eventually(() => expect(find(root, '[part~=follow-frame]')).toBeVisible())
  },
}

/** With a chat beside it; in a narrow place it opens below, by its button. */
export const WithChat: Story = {
  name: 'With a chat',
  args: { withChat: true, chatId: 'lobby' },
  parameters: { scene: TEAM.with({ script: { ...TEAM.script, ...scenes.filled.script } }) },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    if (room(root).matches(':state(narrow)')) await click(find(root, '[part~=sidebar-button]'))
    await eventually(() => expect(find(root, 'collab-chat')).toBeVisible())
  },
}

/** The page says whether the sidebar is open, and what the chat is called; the person’s choice is written back. */
export const Sidebar: Story = {
  args: { withChat: true, chatId: 'lobby', chatLabel: 'Questions', sidebar: 'open' },
  parameters: { scene: TEAM.with({ script: { ...TEAM.script, ...scenes.filled.script } }) },
  async play(context) {
    const { root } = stageOf(context.canvasElement)
    await holds('sidebar')(context)
    const button = find(root, '[part~=sidebar-button]')
    await expect(button).toHaveAccessibleName('Questions')
    await click(button)
    await eventually(() => expect(room(root).getAttribute('sidebar')).toBe('closed'))
    await click(button)
    await holds('sidebar')(context)
  },
}

/** In a narrow place the sidebar is below the content, and opens by its button. */
export const Narrow: Story = {
  args: { withChat: true, chatId: 'lobby' },
  parameters: { scene: TEAM.with({ script: { ...TEAM.script, ...scenes.filled.script } }) },
  render: onStage((building) => {
    const box = document.createElement('div')
    box.style.maxInlineSize = '420px'
    box.append(around()(building))
    return box
  }),
  play: holds('narrow'),
}

/** One looks on, unseen. */
export const Lurking: Story = { args: { lurk: true }, play: holds('lurking') }

/** Names and values that go on. */
export const LongContent: Story = { name: 'Long content', parameters: { scene: LONG } }

/** A hundred people: their faces are counted, and all of them are in the list. */
export const Many: Story = {
  parameters: { scene: many(100) },
  async play({ canvasElement }) {
    await eventually(() => expect(find(canvasElement, '[part~=people-button]')).toBeVisible())
    await click(find(canvasElement, '[part~=people-button]'))
    await says('101 people here')({ canvasElement } as never)
  },
}

/** One may look at the values and not change them; a try is told at the field. */
export const Readonly: Story = {
  parameters: {
    scene: TEAM.with({
      before: ({ service }) => service.activity(TYPE, ID).permit(['join', 'view_state']),
    }),
  },
  async play(context) {
    await holds('readonly')(context)
    const { root } = stageOf(context.canvasElement)
    await click(find(root, 'input[type=checkbox]'))
    await says('You can read this, but not change it.')(context)
  },
}

/** Without a network the fields stay at work. */
export const Offline: Story = {
  parameters: {
    scene: TEAM.with({
      wish: { backoffMinMs: 20, backoffMaxMs: 1e8 },
      async after(world, client) {
        world.service.refuse()
        world.service.drop()
        await until(() => client.status === 'offline', 'the client is offline')
      },
    }),
  },
  async play(context) {
    await holds('offline')(context)
    await says('Your changes are sent when you’re back.')(context)
  },
}

/** The connection broke and is being mended. */
export const Reconnecting: Story = {
  parameters: {
    scene: TEAM.with({
      wish: { backoffMinMs: 1e8, backoffMaxMs: 1e8, behindMs: 6000 },
      async after(world, client) {
        world.service.refuse()
        world.service.drop()
        await until(() => client.status === 'reconnecting', 'the connection is lost')
      },
    }),
  },
  play: holds('reconnecting'),
}

/** Nobody is signed in. */
export const AuthRequired: Story = {
  name: 'Auth required',
  parameters: { scene: scenes.authRequired },
  play: holds('signed-out'),
}

/** One may not come in. */
export const Forbidden: Story = {
  parameters: { scene: refusing('forbidden') },
  play: says('You can’t open this activity'),
}

/** There is no such activity, and nobody may make it. */
export const NotFound: Story = {
  name: 'Not found',
  parameters: { scene: refusing('not_found') },
  play: says('There is no such activity'),
}

/** The service lets nobody in from this page, and the page hears of it. */
export const Error: Story = {
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const heard: string[] = []
    root.addEventListener('collab-error', ({ detail }) => heard.push(detail.code))
    world.service.refuse(new CollabError('origin_denied').toJSON())
    world.service.drop()
    await eventually(() => expect(heard).toContain('origin_denied'))
    await holds('error')({ canvasElement } as never)
  },
}

/** As many as fit are in it. */
export const Full: Story = {
  parameters: {
    scene: TEAM.with({
      before: ({ service }) =>
        void service.answer('activities.joinActivity', () => {
          throw new CollabError('limit_exceeded', { details: { limit: 'capacity' } })
        }),
    }),
  },
  play: holds('full'),
}

/** Somebody put this person out, and said why. */
export const Removed: Story = {
  async play(context) {
    const { root, world } = stageOf(context.canvasElement)
    const heard: unknown[] = []
    root.addEventListener('collab-removed', ({ detail }) => heard.push(detail.reason))
    const activity = world.service.activity(TYPE, ID)
    await eventually(() =>
      expect(activity.participants.some(({ username }) => username === 'ann')).toBe(true),
    )
    activity.remove({ username: 'ann' }, { reason: 'The session is for the team only.' })
    await eventually(() => expect(heard).toEqual(['The session is for the team only.']))
    await holds('removed')(context)
  },
}

/** The activity is over. */
export const Ended: Story = {
  async play(context) {
    const { root, world } = stageOf(context.canvasElement)
    const heard: string[] = []
    root.addEventListener('collab-activity-ended', ({ detail }) => heard.push(detail.id))
    await eventually(() => expect(find(root, '[part~=edit-outline]')).toBeVisible())
    world.service.activity(TYPE, ID).end()
    await eventually(() => expect(heard).toEqual([ID]))
    await holds('ended')(context)
  },
}

/** People come and go. */
export const ComingAndGoing: Story = {
  name: 'Coming and going',
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const heard: string[] = []
    for (const name of ['collab-participant-join', 'collab-participant-leave'] as const)
      root.addEventListener(name, ({ detail }) => heard.push(detail.participant.username))
    await eventually(() => expect(find(root, '[part~=edit-outline]')).toBeVisible())
    const activity = world.service.activity(TYPE, ID)
    activity.join({ username: 'noa' })
    activity.leave('connection-of-chidi')
    await eventually(() => expect(heard).toEqual(['noa', 'chidi']))
  },
}

/** From right to left. */
export const RtlMixedBidi: Story = {
  name: 'RTL mixed bidi',
  globals: { direction: 'rtl' },
  play: ({ canvasElement }) =>
    eventually(() => expect(find(canvasElement, '[part~=edit-outline]')).toBeVisible()),
}

/** Everything that can be styled from outside, styled from outside. */
export const CustomParts: Story = {
  name: 'Custom parts',
  render: onStage(styled(PARTS)),
  args: { withChat: true, chatId: 'lobby' },
  async play({ canvasElement }) {
    await eventually(() => expect(find(canvasElement, '[part~=edit-outline]')).toBeVisible())
    const { borderRadius } = getComputedStyle(find(canvasElement, '[part~=people-button]'))
    await expect(borderRadius).toBe('4px')
  },
}

/** Every token of this element, set by the page. */
export const Tokens: Story = {
  args: { withChat: true, chatId: 'lobby', following: 'ben' },
  render: onStage(styled(TOKENS)),
  play: holds('following'),
}

/** The page’s own things in and beside the room. */
export const Slots: Story = {
  render: onStage(
    around(`${FORM}
      <button slot="toolbar" class="page-button" type="button">Export</button>
      <p slot="status" style="margin: 0; padding: 6px 14px">Draft of today</p>
      <aside slot="sidebar" style="padding: 14px">Notes of the page</aside>
      <template slot="cursor"><div class="dot">● <span data-name></span></div></template>`),
  ),
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    if (room(root).matches(':state(narrow)')) await click(find(root, '[part~=sidebar-button]'))
    await eventually(() => expect(find(root, '.dot')).toBeTruthy())
    for (const slotted of findAll(root, 'activity-room > [slot]:not(template)'))
      await expect(slotted).toBeVisible()
  },
}

/** The page’s own words at the end. */
export const SlotEnded: Story = {
  name: 'Slot of the end',
  render: onStage(around(`${FORM}<p slot="ended">Thank you all. The notes are on their way.</p>`)),
  async play(context) {
    const { root, world } = stageOf(context.canvasElement)
    await eventually(() => expect(find(root, '[part~=edit-outline]')).toBeVisible())
    world.service.activity(TYPE, ID).end()
    await eventually(() => expect(find(root, '[slot=ended]')).toBeVisible())
  },
}

/** What it wraps is there where scripts do not run. */
export const NoJsFallback: Story = {
  name: 'No JS fallback',
  render: onStage(() => withoutScript(`<activity-room>${FORM}</activity-room>`)),
}

/** From part to part, and to what everybody does, with the keyboard alone. */
export const KeyboardTour: Story = {
  name: 'Keyboard tour',
  args: { regionKeys: true },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await eventually(() => expect(find(root, '[part~=edit-outline]')).toBeVisible())
    await click(title(root))
    await press('Control+F6')
    await expect(focused()).toBe(find(root, '[part~=people-button]'))
    await press('Control+Shift+F6')
    await expect(focused()).toBe(title(root))
    room(root).togglePeople()
    await eventually(() => expect(find(root, '[part~=people]')).toBeVisible())
    await press('Escape')
    await eventually(() => expect(focused()).toBe(find(root, '[part~=people-button]')))
  },
}

/** What the announcer says. */
export const ScreenReaderTranscript: Story = {
  name: 'Screen reader transcript',
  render: onStage((building) => {
    const box = document.createElement('div')
    const element = around()(building)
    box.append(element, transcriptOf(element).panel)
    return box
  }),
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const said = () => find(root, '.transcript').textContent
    await eventually(() => expect(room(root).follow('ben')).toBe(true))
    await eventually(() => expect(said()).toContain('Following'))
    room(root).unfollow()
    await eventually(() => expect(said()).toContain('No longer following'))
    await click(title(root))
    world.service.activity(TYPE, ID).setShared('title', 'Ben has another idea', 'ben')
    await eventually(() => expect(said()).toContain('Alt+Shift+U'))
  },
}
