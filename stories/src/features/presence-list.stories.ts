import '@collab-kit/components/presence-list'
import type { PresenceListElement } from '@collab-kit/components'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { find, findAll, focused, textOf } from '../stage/deep.ts'
import { click, eventually, press, type } from '../stage/hand.ts'
import { withoutScript } from '../stage/plain.ts'
import { one, onStage, stageOf } from '../stage/stage.ts'
import { transcriptOf } from '../stage/transcript.ts'
import { told } from './chat-states.ts'
import * as scenes from './presence-scenes.ts'

type Args = Partial<PresenceListElement>
type Story = StoryObj<Args>

const meta: Meta<Args> = {
  title: 'Components/presence-list',
  component: 'presence-list',
  render: onStage(one('presence-list')),
  parameters: { scene: scenes.filled },
  args: {
    contacts: true,
    participantActions: [
      { action: 'message', label: 'Send message' },
      { action: 'follow', label: 'Follow' },
      { action: 'remove', label: 'Remove', danger: true },
    ],
  },
}
export default meta

const rows = (root: HTMLElement) => findAll(root, '.who')
const cardOpens = (root: HTMLElement) =>
  eventually(() => expect(find(root, '[part~=card]')).toBeVisible())

/** One's contacts, put together by how they are here. */
export const Default: Story = {}

/** Connected, and nobody says who is here. */
export const Loading: Story = told(scenes.loading, 'loading')

/** Nobody else is there. */
export const Empty: Story = told(scenes.empty, 'empty')

/** With oneself, and a picture. */
export const Filled: Story = {
  args: { withSelf: true },
  parameters: { scene: scenes.pictured },
  play: ({ canvasElement }) =>
    eventually(() => expect(find(canvasElement, '[part~=image]')).toBeVisible()),
}

/** Names and status texts nobody plans for. */
export const LongContent: Story = told(scenes.longContent, 'ready')

/** Five hundred, who can be searched. */
export const Many: Story = {
  parameters: { scene: scenes.many },
  async play({ canvasElement }) {
    await eventually(() => expect(rows(canvasElement)).toHaveLength(500), 10_000)
    await click(find(canvasElement, 'input'))
    await type('ada')
    await eventually(() => expect(rows(canvasElement)).toHaveLength(50))
  },
}

/** A few at first, the others when asked. */
export const AtMost: Story = {
  name: 'At most',
  args: { max: 3 },
  play: async ({ canvasElement }) => {
    await expect(find(canvasElement, '[part~=more-button]')).toBeVisible()
  },
}

/** Side by side, for a narrow place on top of something. */
export const Inline: Story = { args: { layout: 'inline', show: 'online', withSelf: true } }

/** By what they are here. */
export const ByRole: Story = { name: 'By role', args: { groupBy: 'role', withSelf: true } }

/** Too many to be told one by one: their number is live, the people come page by page. */
export const Audience: Story = {
  args: { contacts: false, chatId: 'lobby' },
  parameters: { scene: scenes.audience },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await expect(find(root, 'presence-list').matches(':state(audience)')).toBe(true)
    await eventually(() => expect(find(root, '[part~=audience-button]')).toBeVisible())
    await click(find(root, '[part~=audience-button]'))
    await eventually(() => expect(rows(root)).toHaveLength(50))
  },
}

/** What was known last. */
export const Offline: Story = told(scenes.offline, 'offline')

/** The connection broke and is being mended. */
export const Reconnecting: Story = told(scenes.reconnecting, 'offline')

/** Nobody is signed in: the form stands where people would. */
export const AuthRequired: Story = {
  parameters: { scene: scenes.authRequired },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await expect(find(root, 'presence-list').matches(':state(signed-out)')).toBe(true)
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

/** Both directions in names and status texts. */
export const RtlMixedBidi: Story = {
  name: 'RTL mixed bidi',
  ...told(scenes.mixed, 'ready'),
  globals: { direction: 'rtl' },
}

/** A person's card, with what can be done with them. */
export const Card: Story = {
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const chosen: string[] = []
    root.addEventListener('collab-participant-select', ({ detail }) => chosen.push(detail.username))
    await click(find(root, '.who'))
    await cardOpens(root)
    await expect(chosen).toEqual(['ben'])
  },
}

const CUSTOM = document.createElement('style')
CUSTOM.textContent = `@scope {
  presence-list { --collab-busy: #7c3aed; --collab-presence-avatar-size: 44px; --collab-presence-gap: 18px; }
  presence-list::part(base) { border-width: 2px; border-radius: 4px; }
  presence-list::part(header) { background: #0f766e; color: #fff; }
  presence-list::part(group-label) { text-transform: uppercase; letter-spacing: 0.06em; }
  presence-list::part(avatar) { border-radius: 30%; }
  presence-list::part(name) { font-family: Georgia, serif; }
  presence-list::part(activity) { font-style: italic; }
}`

/** Everything that can be styled from outside, styled from outside. */
export const CustomParts: Story = {
  name: 'Custom parts',
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.append(CUSTOM.cloneNode(true), element('presence-list', { theme: 'light' }))
    return box
  }),
  play: async ({ canvasElement }) => {
    const { fontStyle } = getComputedStyle(find(canvasElement, '[part~=activity]'))
    await expect(fontStyle).toBe('italic')
  },
}

/** A heading, words for nobody, and a button on every card, all of the page's own. */
export const Slots: Story = {
  render: onStage(({ element, beside }) => {
    const box = document.createElement('div')
    box.style.display = 'grid'
    box.style.gap = '16px'
    const list = element('presence-list')
    list.innerHTML = `<h2 slot="header">Who is in today</h2>
      <button slot="participant-actions" data-action="wave">Wave</button>`
    const empty = element('presence-list', { client: beside(scenes.empty) })
    empty.innerHTML = '<p slot="empty">Quiet here. <a href="#invite">Invite somebody</a></p>'
    box.append(list, empty)
    return box
  }),
  parameters: {
    markup: `<presence-list contacts>
  <h2 slot="header">Who is in today</h2>
  <p slot="empty">Quiet here. <a href="#invite">Invite somebody</a></p>
  <button slot="participant-actions" data-action="wave">Wave</button>
</presence-list>`,
  },
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    const done: string[] = []
    root.addEventListener('collab-participant-action', ({ detail }) => done.push(detail.action))
    await eventually(() => expect(find(root, '[slot=empty]')).toBeVisible())
    await click(find(root, '.who'))
    await cardOpens(root)
    await click(find(root, '[slot=participant-actions]'))
    await expect(done).toEqual(['wave'])
    await click(find(root, '.who'))
    await cardOpens(root)
  },
}

const WITHOUT_SCRIPT = `<presence-list contacts>
  <p>Who is here needs JavaScript. <a href="/people">See the page of people</a></p>
</presence-list>`

/** What stands between the tags is what people see where scripts do not run. */
export const NoJsFallback: Story = {
  name: 'No JS fallback',
  render: onStage(() => withoutScript(WITHOUT_SCRIPT)),
  parameters: { markup: WITHOUT_SCRIPT },
  play: async ({ canvasElement }) => {
    await expect(textOf(canvasElement)).toContain('Who is here needs JavaScript.')
  },
}

/** Along the people, into a card and back, with the keyboard alone. */
export const KeyboardTour: Story = {
  name: 'Keyboard tour',
  async play({ canvasElement }) {
    const { root } = stageOf(canvasElement)
    await eventually(() => expect(rows(root).length).toBeGreaterThan(3))
    await press('Tab')
    await expect(focused()).toBe(rows(root)[0])
    await press('ArrowDown')
    await expect(focused()).toBe(rows(root)[1])
    await press('Enter')
    await cardOpens(root)
    await eventually(() => expect(focused()?.textContent?.trim()).toBe('Send message'))
    await press('Escape')
    await eventually(() => expect(focused()).toBe(rows(root)[1]))
    await press('End')
    await expect(focused()).toBe(rows(root).at(-1))
  },
}

/** Who comes and leaves is told together; who is away is not spoken of. */
export const ScreenReaderTranscript: Story = {
  name: 'Screen reader transcript',
  render: onStage(({ element }) => {
    const box = document.createElement('div')
    box.className = 'beside'
    const list = element('presence-list')
    box.append(list, transcriptOf(list).panel)
    return box
  }),
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    await eventually(() => expect(rows(root).length).toBeGreaterThan(3))
    world.service.setPresence('noa', { state: 'away' })
    world.service.setPresence('yuki', { state: 'available' })
    world.service.setPresence('ben', { state: 'offline' })
    await eventually(
      () => expect(find(root, '.transcript').textContent).toMatch(/came\..*left\./),
      9000,
    )
  },
}
