import type { ActivityRoomElement } from '@collab-kit/components'
import type { CollabError } from '@collab-kit/protocol/runtime'
import type { StoryObj } from '@storybook/web-components-vite'
import { expect } from 'storybook/test'
import { Scene, scenes } from '../scripted/index.ts'
import { find, textOf } from '../stage/deep.ts'
import { eventually } from '../stage/hand.ts'
import type { Build } from '../stage/stage.ts'

type Play = NonNullable<StoryObj<Partial<ActivityRoomElement>>['play']>

// What the stories of a room share: its content, who is in it, and how a page may style it.

export const TYPE = 'form'
export const ID = 'release'

export const SHARED = {
  title: 'Release notes 3.2',
  summary: 'A faster start, calmer empty states, and forms that people fill in together.',
  channel: 'Beta',
  ready: true,
} as const

export const FORM = `
<form style="display: grid; gap: 16px; padding: 20px">
  <label data-collab-anchor="title" style="display: grid; gap: 4px">Title
    <input data-collab-bind="title"></label>
  <label data-collab-anchor="summary" style="display: grid; gap: 4px">Summary
    <textarea rows="3" data-collab-bind="summary"></textarea></label>
  <label style="display: grid; gap: 4px">Channel
    <select data-collab-bind="channel"><option>Stable</option><option>Beta</option></select></label>
  <label><input type="checkbox" data-collab-bind="ready"> Ready to ship</label>
  <p style="margin: 0">Channel: <output data-collab-bind="channel">–</output></p>
</form>`

export const MARKUP = `<activity-room activity-type="form" activity-id="release" with-chat>
  <form>
    <label data-collab-anchor="title">Title <input data-collab-bind="title"></label>
    <label>Summary <textarea data-collab-bind="summary"></textarea></label>
    …
  </form>
</activity-room>`

const activity = { type: TYPE, id: ID, title: 'Release 3.2', shared: { ...SHARED } }

/** Three others: one in the summary, one in the title, one who points. */
export const TEAM = new Scene({
  script: {
    activities: [
      {
        ...activity,
        participants: [
          {
            username: 'ben',
            state: {
              editing: { key: 'summary' },
              cursor: { anchor: 'summary', inline: 0.5, block: 0.6 },
            },
          },
          { username: 'mina', state: { editing: { key: 'title' } } },
          { username: 'chidi', state: { cursor: { inline: 0.7, block: 0.8 } } },
        ],
      },
    ],
  },
})

/** Nobody, and nothing written. */
export const EMPTY = new Scene({
  script: { activities: [{ type: TYPE, id: ID, title: 'Release 3.2' }] },
})

export const LONG = new Scene({
  script: {
    activities: [
      {
        ...activity,
        title: 'A release with a name that goes on for very much longer than any toolbar is wide',
        shared: { ...SHARED, title: 'long '.repeat(60), summary: 'W'.repeat(400) },
        participants: [{ username: 'maximiliane', state: { editing: { key: 'title' } } }],
      },
    ],
  },
})

export const many = (count: number): Scene =>
  new Scene({
    script: {
      activities: [
        {
          ...activity,
          participants: Array.from({ length: count }, (_, index) => ({
            username: `guest-${index}`,
          })),
        },
      ],
    },
  })

export const PARTS = `
  activity-room::part(base) { border-style: dashed; }
  activity-room::part(toolbar) { background: light-dark(#eef7f5, #10201d); }
  activity-room::part(people-button) { border-radius: 4px; }
  activity-room::part(sidebar-button) { border-radius: 4px; }
  activity-room::part(status) { font-style: italic; }
  activity-room::part(content) { padding: 4px; }
  activity-room::part(overlay) { opacity: 0.9; }
  activity-room::part(cursor) { opacity: 0.9; }
  activity-room::part(pointer) { stroke: gold; }
  activity-room::part(label) { border-radius: 0; }
  activity-room::part(edit-outline) { outline-style: dashed; }
  activity-room::part(sidebar) { border-inline-start-width: 3px; }`

export const TOKENS = `
  activity-room {
    --collab-room-sidebar-inline-size: 260px;
    --collab-room-follow-width: 6px;
    --collab-room-overlay-z: 5;
    --collab-cursor-size: 28px;
    --collab-cursor-label-bg: light-dark(#1b1c21, #ecedf0);
  }`

export const around =
  (content = FORM): Build<Partial<ActivityRoomElement>> =>
  ({ element }) => {
    const room = element('activity-room')
    room.innerHTML = content
    return room
  }

export const room = (root: HTMLElement) => find<ActivityRoomElement>(root, 'activity-room')
export const title = (root: HTMLElement) => find<HTMLInputElement>(root, '[data-collab-bind=title]')
export const holds =
  (state: string): Play =>
  ({ canvasElement }) =>
    eventually(() => expect(room(canvasElement).matches(`:state(${state})`)).toBe(true))
export const says =
  (text: string): Play =>
  ({ canvasElement }) =>
    eventually(() => expect(textOf(room(canvasElement))).toContain(text))
export const refusing = (code: ConstructorParameters<typeof CollabError>[0]): Scene =>
  TEAM.with({
    before: ({ service }) => void service.answer('activities.joinActivity', scenes.refusal(code)),
  })

export const styled =
  (css: string): Build<Partial<ActivityRoomElement>> =>
  (building) => {
    const box = document.createElement('div')
    const style = document.createElement('style')
    style.textContent = `@scope { ${css} }`
    box.append(style, around()(building))
    return box
  }
