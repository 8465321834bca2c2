import { z } from 'zod'
import { Reason } from '../chat/model.ts'
import { ActivityType, ConnectionId, Seq, Username } from '../kit/ids.ts'
import { listOf, Nothing, page } from '../kit/list.ts'
import { command, live, query } from '../kit/operation.ts'
import {
  activityRemoved,
  activityUpdated,
  broadcastSent,
  participantJoined,
  participantLeft,
  participantRemoved,
  permissionsChanged,
  sharedChanged,
  stateChanged,
} from './events.ts'
import {
  about,
  Activity,
  ActivityGrants,
  activityName,
  ActivityPermission,
  ActivitySubject,
  JoinedActivity,
  NewActivity,
  Participant,
  SharedEntry,
  StateKey,
  StateValue,
  StateValues,
} from './model.ts'

const REST = '/activities/{type}/{id}'
const writes = ['activity:{type}/{id}'] as const
const can = <P extends ActivityPermission>(permission: P) =>
  ({ can: permission, of: 'id' }) as const
const see = { read: 'id' } as const
const name = z.strictObject(activityName)
/** Of a participant's own connection: told, not kept. */
const own = { access: 'person', connection: true, cost: 0.2 } as const

export const joinActivity = command('activities.joinActivity', {
  summary:
    'Be in an activity with this connection, which follows its stream from then on; the first one makes it. Repeating it changes nothing but whether one lurks.',
  rest: `POST ${REST}/join`,
  access: 'person',
  connection: true,
  writes,
  input: name.extend({
    lurk: z.boolean().default(false),
    state: StateValues.optional(),
    create: z.union([z.literal(false), NewActivity]).optional(),
    /** An earlier connection of the same person, whose place this one takes without anybody seeing a gap. */
    replaces: ConnectionId.optional(),
  }),
  output: JoinedActivity,
  emits: [participantJoined, participantLeft],
})

export const leaveActivity = command('activities.leaveActivity', {
  summary: 'Be in an activity no more with this connection; repeating it changes nothing.',
  rest: `POST ${REST}/leave`,
  access: 'person',
  connection: true,
  writes,
  input: name,
  output: Nothing,
  emits: [participantLeft, activityRemoved],
})

export const getActivity = query('activities.getActivity', {
  summary: 'One activity, with the head of its stream.',
  rest: `GET ${REST}`,
  access: see,
  input: name,
  output: Activity,
})

export const listActivities = query('activities.listActivities', {
  summary: 'The activities that you may know of, by type and id.',
  rest: 'GET /activities',
  access: 'signed_in',
  input: z.strictObject({ type: ActivityType.optional(), ...page }),
  output: listOf(Activity),
})

export const listParticipants = query('activities.listParticipants', {
  summary:
    'The connections in an activity, the longest there first; those who lurk only for who manages it.',
  rest: `GET ${REST}/participants`,
  access: can('view_state'),
  input: name.extend(page),
  output: listOf(Participant),
})

export const updateActivity = command('activities.updateActivity', {
  summary: 'Say something else of an activity; what is left out stays, `null` takes it away.',
  rest: `PATCH ${REST}`,
  access: can('manage'),
  writes,
  input: name.extend(about),
  output: Activity,
  emits: [activityUpdated],
})

export const removeActivity = command('activities.removeActivity', {
  summary: 'Remove an activity with its state; everybody in it is put out.',
  rest: `DELETE ${REST}`,
  access: can('remove'),
  writes,
  input: name,
  output: Nothing,
  emits: [activityRemoved],
})

export const removeParticipant = command('activities.removeParticipant', {
  summary: 'Put out one connection, or a person with all of theirs, who may come back.',
  rest: `POST ${REST}/participants/remove`,
  access: can('manage'),
  writes,
  input: name
    .extend({
      connectionId: ConnectionId.optional(),
      username: Username.optional(),
      reason: Reason.optional(),
    })
    .refine(
      ({ connectionId, username }) => (connectionId === undefined) !== (username === undefined),
      {
        message: 'give either connectionId or username',
        path: ['connectionId'],
        params: { reason: 'exclusive' },
      },
    ),
  output: Nothing,
  emits: [participantRemoved, activityRemoved],
})

export const setState = live('activities.setState', {
  ...own,
  summary: 'Set keys of your own state, for as long as this connection is in the activity.',
  rest: `PUT ${REST}/state`,
  input: name.extend({ values: StateValues }),
  output: Nothing,
  emits: [stateChanged],
})

export const getState = query('activities.getState', {
  summary: 'What the participants show of themselves: one key, or everything.',
  rest: `GET ${REST}/state`,
  access: can('view_state'),
  input: name.extend({ key: StateKey.optional(), ...page }),
  output: listOf(Participant),
})

export const removeState = live('activities.removeState', {
  ...own,
  summary: 'Take keys out of your own state.',
  rest: `POST ${REST}/state/remove`,
  input: name.extend({ keys: z.array(StateKey).min(1).max(200) }),
  output: Nothing,
  emits: [stateChanged],
})

export const clearState = live('activities.clearState', {
  ...own,
  summary: 'Take everything out of your own state.',
  rest: `DELETE ${REST}/state`,
  input: name,
  output: Nothing,
  emits: [stateChanged],
})

export const broadcast = live('activities.broadcast', {
  ...own,
  summary: 'Tell the others in the activity something of the app; kept nowhere.',
  rest: `POST ${REST}/broadcast`,
  input: name.extend({
    event: z.string().min(1).max(128),
    data: StateValue.optional(),
  }),
  output: Nothing,
  emits: [broadcastSent],
})

const ifVersion = {
  /** Only if the key's version is this; 0: only if it is not there. */
  ifVersion: Seq.optional(),
}

export const setShared = command('activities.setShared', {
  summary: 'Set a key of the shared state, which lasts as long as the activity.',
  rest: `PUT ${REST}/shared`,
  access: can('set_state'),
  writes,
  input: name.extend({ key: StateKey, value: StateValue, ...ifVersion }),
  output: SharedEntry,
  errors: ['conflict'],
  emits: [sharedChanged],
})

export const getShared = query('activities.getShared', {
  summary: 'The shared state by key: one key, or everything.',
  rest: `GET ${REST}/shared`,
  access: can('view_state'),
  input: name.extend({ key: StateKey.optional() }),
  output: z.object({ items: z.array(SharedEntry), head: Seq }),
})

export const removeShared = command('activities.removeShared', {
  summary: 'Take a key out of the shared state; repeating it changes nothing.',
  rest: `DELETE ${REST}/shared`,
  access: can('set_state'),
  writes,
  input: name.extend({ key: StateKey, ...ifVersion }),
  output: Nothing,
  errors: ['conflict'],
  emits: [sharedChanged],
})

export const clearShared = command('activities.clearShared', {
  summary: 'Take everything out of the shared state.',
  rest: `POST ${REST}/shared/clear`,
  access: can('set_state'),
  writes,
  input: name,
  output: Nothing,
  emits: [sharedChanged],
})

export const getPermissions = query('activities.getPermissions', {
  summary: 'What is granted to whom, and what you may do; without `manage` only what concerns you.',
  rest: `GET ${REST}/permissions`,
  access: see,
  input: name.extend({ subject: ActivitySubject.optional() }),
  output: z.object({ permissions: ActivityGrants, mine: z.array(ActivityPermission) }),
})

const granted = z.object({ subject: ActivitySubject, permissions: z.array(ActivityPermission) })

export const setPermissions = command('activities.setPermissions', {
  summary:
    'Grant permissions to a subject beside those it has, or with `replace` instead of them; who may not be here any more is put out.',
  rest: `POST ${REST}/permissions`,
  access: can('manage'),
  writes,
  input: name.extend({
    subject: ActivitySubject,
    permissions: z.array(ActivityPermission).max(16),
    replace: z.boolean().default(false),
  }),
  output: granted,
  emits: [permissionsChanged, participantRemoved, activityRemoved],
})

export const removePermissions = command('activities.removePermissions', {
  summary:
    'Take permissions from a subject, all of them when none is named; who may not be here any more is put out.',
  rest: `DELETE ${REST}/permissions`,
  access: can('manage'),
  writes,
  input: name.extend({
    subject: ActivitySubject,
    permissions: z.array(ActivityPermission).max(16).optional(),
  }),
  output: granted,
  emits: [permissionsChanged, participantRemoved, activityRemoved],
})
