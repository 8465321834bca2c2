import '@collab-kit/components/live-cursors'
import type { LiveCursorsElement, Position } from '@collab-kit/components'
import { CollabError } from '@collab-kit/protocol/runtime'
import type { Meta, StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { Scene, scenes, until } from '../scripted/index.ts'
import { find, findAll, focused } from '../stage/deep.ts'
import { eventually, press } from '../stage/hand.ts'
import { withoutScript } from '../stage/plain.ts'
import { type Build, onStage, stageOf } from '../stage/stage.ts'
import * as states from './chat-states.ts'

type Args = Partial<LiveCursorsElement>
type Story = StoryObj<Args>

const TYPE = 'board'
const ID = 'roadmap'

const at = (anchor: string, inline: number, block: number): Position => ({ anchor, inline, block })

/** Where everybody points, as their pages tell it. */
const pointing = (cursors: Record<string, Position>): Scene =>
  new Scene({
    script: {
      activities: [
        {
          type: TYPE,
          id: ID,
          participants: Object.entries(cursors).map(([username, cursor]) => ({
            username,
            state: { cursor: { ...cursor } },
          })),
        },
      ],
    },
  })

const THREE = pointing({
  ben: at('title', 0.35, 0.6),
  chidi: at('search', 0.6, 0.7),
  yuki: at('mobile', 0.4, 0.5),
})

const BOARD = `
  <h3 data-collab-anchor="title">Roadmap for the winter</h3>
  <p data-collab-anchor="intro">What comes next, in the order in which people have asked for it.</p>
  <ul>
    <li data-collab-anchor="search">Search in attachments</li>
    <li data-collab-anchor="mobile">Pages that work with one thumb</li>
    <li data-collab-anchor="export">Export of whole rooms</li>
  </ul>
  <p data-collab-anchor="end">Comments are welcome until Friday.</p>`

const around =
  (content = BOARD): Build<Args> =>
  ({ element }) => {
    const cursors = element('live-cursors')
    cursors.innerHTML = content
    return cursors
  }

const MARKUP = `<live-cursors activity-type="board" activity-id="roadmap">
  <h3 data-collab-anchor="title">Roadmap for the winter</h3>
  <ul>
    <li data-collab-anchor="search">Search in attachments</li>
    …
  </ul>
</live-cursors>`

const meta: Meta<Args> = {
  title: 'Components/live-cursors',
  component: 'live-cursors',
  args: { activityType: TYPE, activityId: ID, labels: 'always' },
  render: onStage(around()),
  parameters: { scene: THREE, markup: MARKUP },
}
export default meta

const cursors = (root: HTMLElement) => findAll(root, '[part~=cursor]:not([data-off])')
const names = (root: HTMLElement) => cursors(root).map((cursor) => cursor.textContent?.trim() ?? '')
const element = (root: HTMLElement) => find<LiveCursorsElement>(root, 'live-cursors')
const shows =
  (count: number): NonNullable<Story['play']> =>
  async ({ canvasElement }) => {
    await eventually(() => expect(cursors(canvasElement)).toHaveLength(count))
  }

/** Everybody's cursor stands over what it points at, on any screen. */
export const Default: Story = { play: shows(3) }

/** In the activity alone: the content, and nothing else. */
export const Empty: Story = { parameters: { scene: pointing({}) }, play: shows(0) }

/** The activity does not come; the content is there to be used. */
export const Loading: Story = {
  parameters: {
    scene: THREE.with({
      unready: true,
      before: ({ service }) =>
        void service.answer('activities.joinActivity', () => new Promise<never>(() => {})),
    }),
  },
  play: shows(0),
}

/** Somebody walks around, comes and goes. */
export const Filled: Story = {
  name: 'People move',
  args: { labels: 'move' },
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const activity = world.service.activity(TYPE, ID)
    const ben = 'connection-of-ben'
    const before = find(root, '[part~=cursor]').style.translate
    for (const inline of [0.2, 0.4, 0.6, 0.8])
      activity.setState(ben, { set: { cursor: { ...at('export', inline, 0.5) } } })
    await eventually(() => expect(find(root, '[part~=cursor]').style.translate).not.toBe(before))
    activity.leave(ben)
    await eventually(() => expect(names(root)).not.toContain('Ben Lindqvist'))
  },
}

/** A name that goes on, and one at the edge: it turns away from it. */
export const LongContent: Story = {
  name: 'Long content',
  parameters: {
    scene: pointing({ maximiliane: at('title', 0.1, 0.5), chidi: at('end', 0.98, 0.5) }),
  },
  play: shows(2),
}

/** Forty people: the thirty that moved last are drawn. */
export const Many: Story = {
  args: { labels: 'never' },
  parameters: {
    scene: new Scene({
      script: {
        activities: [
          {
            type: TYPE,
            id: ID,
            participants: Array.from({ length: 40 }, (_, index) => ({
              username: `guest-${index}`,
              state: {
                cursor: { inline: (index % 8) / 8 + 0.05, block: Math.floor(index / 8) / 5 + 0.1 },
              },
            })),
          },
        ],
      },
    }),
  },
  play: shows(30),
}

/** What people point at is further down in a list: marks at its edge tell who is where. */
export const OutOfView: Story = {
  name: 'Out of view',
  parameters: { scene: pointing({ ben: at('search', 0.5, 0.5), yuki: at('end', 0.3, 0.5) }) },
  render: onStage(
    around(`
      <h3>A list that scrolls</h3>
      <div style="block-size: 160px; overflow: auto; border: 1px solid" tabindex="0" role="region" aria-label="List">
        <p data-collab-anchor="search" style="margin-block: 30px 400px">Search in attachments</p>
        <p data-collab-anchor="end">The end of the list</p>
      </div>`),
  ),
  async play({ canvasElement }) {
    await eventually(async () => {
      const edges = cursors(canvasElement).map(({ dataset }) => dataset['edge'] ?? 'none')
      await expect(edges).toHaveLength(2)
      await expect(edges).toEqual(expect.arrayContaining(['bottom', 'none']))
    })
  },
}

/** One may look and set nothing: one's own pointer is not told. */
export const Readonly: Story = {
  parameters: {
    scene: THREE.with({
      before: ({ service }) => service.activity(TYPE, ID).permit(['join', 'view_state']),
    }),
  },
  async play(context) {
    await shows(3)(context)
    const { world, root } = stageOf(context.canvasElement)
    const { x, y } = element(root).getBoundingClientRect()
    element(root).dispatchEvent(new PointerEvent('pointermove', { clientX: x + 9, clientY: y + 9 }))
    const told = world.service.calls.map(({ operation }) => operation)
    await expect(told).not.toContain('activities.setState')
  },
}

/** Without a network nobody's cursor is known; the content stays. */
export const Offline: Story = {
  parameters: {
    scene: THREE.with({
      wish: { backoffMinMs: 20, backoffMaxMs: 1e8 },
      async after(world, client) {
        world.service.refuse()
        world.service.drop()
        await until(() => client.status === 'offline', 'the client is offline')
      },
    }),
  },
  async play(context) {
    await states.holds('offline')(context)
    await shows(0)(context)
  },
}

/** The connection broke: cursors are gone until it is mended. */
export const Reconnecting: Story = {
  parameters: {
    scene: THREE.with({
      wish: { backoffMinMs: 1e8, backoffMaxMs: 1e8 },
      async after(world, client) {
        world.service.refuse()
        world.service.drop()
        await until(() => client.status === 'reconnecting', 'the connection is lost')
      },
    }),
  },
  play: shows(0),
}

/** Nobody is signed in: the content stays, and others ask who it is. */
export const AuthRequired: Story = {
  name: 'Auth required',
  parameters: { scene: THREE.with({ as: 'nobody' }) },
  play: shows(0),
}

const refusing = (code: ConstructorParameters<typeof CollabError>[0]): Story => ({
  parameters: {
    scene: THREE.with({
      before: ({ service }) => void service.answer('activities.joinActivity', scenes.refusal(code)),
    }),
  },
  play: shows(0),
})

/** One may not come in. */
export const Forbidden: Story = refusing('forbidden')
/** There is no such activity, and nobody may make it. */
export const NotFound: Story = { ...refusing('not_found'), name: 'Not found' }

/** The service lets nobody in any more, and the page hears of it. */
export const Error: Story = {
  async play({ canvasElement }) {
    const { root, world } = stageOf(canvasElement)
    const heard: string[] = []
    element(root).addEventListener('collab-error', ({ detail }) => heard.push(detail.code))
    world.service.refuse(new CollabError('origin_denied').toJSON())
    world.service.drop()
    await eventually(() => expect(heard).toContain('origin_denied'))
    await eventually(() => expect(cursors(root)).toHaveLength(0))
  },
}

/** From right to left places are mirrored; names of both directions. */
export const RtlMixedBidi: Story = {
  name: 'RTL mixed bidi',
  globals: { direction: 'rtl' },
  parameters: {
    scene: pointing({
      mina: at('title', 0.2, 0.5),
      noa: at('search', 0.5, 0.5),
      ben: at('end', 0.1, 0.5),
    }),
  },
  play: shows(3),
}

/** Covers the container it stands in, where it wraps nothing. */
export const Alone: Story = {
  name: 'Over a container',
  render: onStage((building) => {
    const box = document.createElement('div')
    box.style.position = 'relative'
    box.innerHTML = BOARD
    box.append(building.element('live-cursors'))
    return box
  }),
  parameters: {
    markup: `<div style="position: relative">
  …
  <live-cursors activity-type="board" activity-id="roadmap"></live-cursors>
</div>`,
  },
  async play(context) {
    await states.holds('alone')(context)
    await shows(3)(context)
  },
}

const styled =
  (css: string): Build<Args> =>
  (building) => {
    const box = document.createElement('div')
    const style = document.createElement('style')
    style.textContent = `@scope { ${css} }`
    box.append(style, around()(building))
    return box
  }

/** Everything that can be styled from outside, styled from outside. */
export const CustomParts: Story = {
  name: 'Custom parts',
  render: onStage(
    styled(`
      live-cursors::part(cursor) { opacity: 0.9; }
      live-cursors::part(pointer) { stroke: gold; }
      live-cursors::part(label) { border-radius: 0; letter-spacing: 0.04em; }`),
  ),
  async play(context) {
    await shows(3)(context)
    const label = find(context.canvasElement, '[part~=label]')
    await expect(getComputedStyle(label).letterSpacing).not.toBe('normal')
  },
}

/** Every token of this element, set by the page. */
export const Tokens: Story = {
  render: onStage(
    styled(`live-cursors {
      --collab-cursor-size: 32px;
      --collab-cursor-label-bg: light-dark(#1b1c21, #ecedf0);
      --collab-cursor-z: 5;
    }`),
  ),
  play: shows(3),
}

/** A cursor as the page wants it, from a template. */
export const Slots: Story = {
  render: onStage(
    around(`${BOARD}<template slot="cursor">
      <style>.dot { inline-size: max-content; padding: 2px 8px; border-radius: 99px; background: var(--collab-cursor-color); color: light-dark(#fff, #000); font-size: 12px }</style>
      <div class="dot">● <span data-name></span></div>
    </template>`),
  ),
  parameters: {
    markup: `<live-cursors activity-type="board" activity-id="roadmap">
  …
  <template slot="cursor">
    <div style="color: var(--collab-cursor-color)">● <span data-name></span></div>
  </template>
</live-cursors>`,
  },
  async play({ canvasElement }) {
    await eventually(() => expect(findAll(canvasElement, '.dot')).toHaveLength(3))
  },
}

/** Rests while the page says so, for others too. */
export const Paused: Story = {
  async play(context) {
    const { canvasElement } = context
    await shows(3)(context)
    element(canvasElement).pause()
    await states.holds('paused')(context)
    await shows(0)(context)
    element(canvasElement).resume()
    await shows(3)(context)
    element(canvasElement).pause()
  },
}

/** What it wraps is there where scripts do not run. */
export const NoJsFallback: Story = {
  name: 'No JS fallback',
  render: onStage(() => withoutScript(`<live-cursors>${BOARD}</live-cursors>`)),
}

/** It is no stop on the way through the page. */
export const KeyboardTour: Story = {
  name: 'Keyboard tour',
  render: onStage(
    around(`${BOARD}<button class="page-button" type="button">Before</button>
      <button class="page-button" type="button">After</button>`),
  ),
  async play(context) {
    await shows(3)(context)
    const [before, after] = findAll(context.canvasElement, '.page-button')
    await press('Tab')
    await expect(focused()).toBe(before)
    await press('Tab')
    await expect(focused()).toBe(after)
  },
}

/** Whoever is here has a name; a screen reader hears them in the lists of people, and nothing of the cursors. */
export const ScreenReaderTranscript: Story = {
  name: 'Screen reader transcript',
  async play(context) {
    await shows(3)(context)
    await expect(names(context.canvasElement)).toContain('Ben Lindqvist')
    const overlay = find(context.canvasElement, '.cursors')
    await expect([overlay.ariaHidden, overlay.inert]).toEqual(['true', true])
  },
}
