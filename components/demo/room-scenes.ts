import type { ActivityState, CollabState } from '@collab-kit/client'
import type { ErrorShape, StateValue } from '@collab-kit/protocol'
import type { ActivityRoomElement } from '../src/features/activity-room/activity-room.ts'
import type { LiveCursorsElement } from '../src/features/live-cursors/live-cursors.ts'
import { activityOf, FakeActivity, joinedActivity, participantOf } from './fake-activity.ts'
import { type FakeClient, messageOf, readyChat, serviceInfo, userOf } from './fake-client.ts'

const users = {
  ann: userOf('ann', 'Ann Kowalska'),
  bo: userOf('bo', 'Bo Lindqvist'),
  chidi: userOf('chidi', 'Chidi Okafor'),
  mina: userOf('mina', 'مينا حسن', true),
  yuki: userOf('yuki', '高橋 ゆき'),
  max: userOf('max', 'Maximiliane Friederike von Hohenstein-Wittelsbach'),
}

const refusal = (code: ErrorShape['code']): ErrorShape => ({
  code,
  message: code,
  retryable: false,
  requestId: 'r',
})

const value = (of: StateValue, by = 'bo') => ({ value: of, version: 3, by })

const everybody = () => [
  participantOf('bo', {
    editing: { key: 'form.summary' },
    cursor: { anchor: 'summary', inline: 0.5, block: 0.6 },
  }),
  participantOf('ann'),
  participantOf('chidi', { following: 'ann-1', cursor: { inline: 0.7, block: 0.25 } }),
  participantOf('mina', { editing: { key: 'form.title' } }),
  participantOf('yuki', { cursor: { anchor: 'title', inline: 0.2, block: 0.9 } }),
  participantOf('max'),
]

const shared = {
  'form.title': value('Release notes 3.2'),
  'form.summary': value('Faster start, calmer empty states, and people can work on this together.'),
  'form.channel': value('Beta'),
  'form.ready': value(true),
}

type Scene<E = ActivityRoomElement> = (element: E) => FakeClient

/** What the page shows in the room. */
const FORM = `<form>
  <label data-collab-anchor="title">Title<input data-collab-bind="form.title" value="Untitled" /></label>
  <label data-collab-anchor="summary">Summary<textarea rows="4" data-collab-bind="form.summary"></textarea></label>
  <label>Channel<select data-collab-bind="form.channel"><option>Stable</option><option>Beta</option></select></label>
  <label class="row"><input type="checkbox" data-collab-bind="form.ready" />Ready to ship</label>
</form>`
const NAMED = { activityType: 'form', activityId: 'release' }

const scene =
  (activity: Partial<ActivityState> = {}, state: Partial<CollabState> = {}): Scene =>
  (room) => {
    const hub = new FakeActivity()
    const client = hub.client('ann', {
      state: {
        users,
        activities: { 'form/release': joinedActivity(everybody(), { shared, ...activity }) },
        chats: {
          'form.release': readyChat('form.release', [
            messageOf(1, { body: 'Shall we ship today?' }),
            messageOf(2, { sender: 'ann', body: 'After lunch, yes.' }),
          ]),
        },
        ...state,
      },
    })
    // The scene stays as it is.
    hub.join = () => {}
    room.innerHTML = FORM
    Object.assign(room, NAMED)
    room.client = client
    return client
  }

const soon = (act: () => void) => void setTimeout(act, 250)
const longAgo = () => Date.now() - 60_000

/** A room in every state. */
export const roomScenes: Record<string, Scene> = {
  full: scene(),
  chat: (room) => {
    room.withChat = true
    return scene()(room)
  },
  alone: scene({ ...joinedActivity([participantOf('ann')]), shared: {} }),
  people: (room) => {
    soon(() => room.togglePeople())
    return scene()(room)
  },
  following: scene({ following: 'bo-1' }),
  lurking: scene({
    participants: joinedActivity([
      ...everybody().filter(({ local }) => !local),
      participantOf('ann', {}, { lurking: true }),
    ]).participants,
  }),
  readonly: scene({ activity: activityOf({ permissions: ['join', 'view_state'] }) }),
  connecting: scene(
    { status: 'joining', activity: undefined as never, participants: {}, shared: {} },
    { connection: { status: 'connecting', since: longAgo(), attempt: 0 } },
  ),
  offline: scene({}, { connection: { status: 'offline', since: longAgo(), attempt: 3 } }),
  held: (room) => {
    const client = scene()(room)
    soon(() => {
      const title = room.querySelector('input')
      title?.focus()
      const before = client.store.getState().activities['form/release']
      if (!before) return
      const next = { ...shared, 'form.title': value('Release notes 3.2, with thanks to everybody') }
      client.set({ activities: { 'form/release': { ...before, shared: next } } })
    })
    return client
  },
  removed: scene({ status: 'removed', reason: 'The session is for the team only.' }),
  'lost-right': scene({ status: 'removed', permission: true }),
  ended: scene({ status: 'ended' }),
  'full-up': scene({ status: 'full' }),
  forbidden: scene({ status: 'refused', error: refusal('forbidden') }),
  'sign-in': scene(
    { status: 'joining' },
    {
      connection: { status: 'signed_out', since: longAgo(), attempt: 0 },
      service: serviceInfo,
    },
  ),
}

const cursors =
  (state: Partial<CollabState> = {}, properties: Partial<LiveCursorsElement> = {}) =>
  (element: LiveCursorsElement): FakeClient => {
    const hub = new FakeActivity()
    const activities = { 'form/release': joinedActivity(everybody()) }
    const client = hub.client('ann', { state: { users, activities, ...state } })
    // The scene stays as it is.
    hub.join = () => {}
    element.innerHTML =
      '<h1 data-collab-anchor="title">Release notes</h1><p data-collab-anchor="summary">Faster start, calmer empty states.</p>'
    Object.assign(element, { ...NAMED, labels: 'always', ...properties })
    element.client = client
    return client
  }

/** The cursors of several people, in every state. */
export const cursorScenes: Record<string, Scene<LiveCursorsElement>> = {
  full: cursors(),
  few: cursors({}, { max: 1 }),
  offline: cursors({ connection: { status: 'offline', since: longAgo(), attempt: 3 } }),
}
