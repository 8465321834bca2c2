import { z } from 'zod'
import { activityStream, ConnectionId, Rev, Seq, Username } from '../kit/ids.ts'
import { event } from '../kit/operation.ts'
import { Reason } from '../chat/model.ts'
import {
  Activity,
  activityName,
  ActivityPermission,
  ActivitySubject,
  Participant,
  StateKey,
  StateValue,
  StateValues,
} from './model.ts'

/** The stream of an activity that is named `TYPE/ID`: neither part holds a slash. */
const stream = (name: string) => {
  const slash = name.indexOf('/')
  return activityStream(name.slice(0, slash), name.slice(slash + 1))
}

const ofParticipant = z.object({
  ...activityName,
  connectionId: ConnectionId,
  username: Username,
  rev: Rev,
})

const revOf = ({ connectionId, rev }: z.output<typeof ofParticipant>) => ({ of: connectionId, rev })

export const participantJoined = event('activities.participantJoined', {
  summary: 'A connection of a person is in the activity; those who lurk are not told of.',
  payload: z.object({ ...activityName, participant: Participant }),
  stream,
  durable: false,
  blockable: true,
  doer: ({ participant }) => participant.username,
  people: ({ participant }) => ({ came: participant.username }),
  rev: ({ participant: { connectionId, rev } }) => ({ of: connectionId, rev }),
})

export const participantLeft = event('activities.participantLeft', {
  summary: 'A connection of a person is in the activity no more.',
  payload: ofParticipant,
  stream,
  durable: false,
  blockable: true,
  doer: ({ username }) => username,
  people: ({ username }) => ({ went: username }),
  rev: revOf,
})

export const participantRemoved = event('activities.participantRemoved', {
  summary: 'Connections of a person were put out: one, or all of them.',
  payload: z.object({
    ...activityName,
    /** Absent where the one connection lurked: who that was is not told. */
    username: Username.optional(),
    /** The one connection that was put out; all of the person's without. */
    connectionId: ConnectionId.optional(),
    /** Whether they were put out because they lost the right to be here. */
    permission: z.boolean(),
    /** In the words of who put them out; `permission` where a right was lost. */
    reason: Reason.optional(),
  }),
  stream,
  durable: true,
  dismisses: ({ username = '', connectionId }) => (connectionId === undefined ? username : ''),
  disconnects: ({ connectionId = '' }) => connectionId,
  reason: ({ permission }) => (permission ? 'permission' : 'removed'),
  people: ({ username }) => (username === undefined ? undefined : { went: username }),
})

export const stateChanged = event('activities.stateChanged', {
  summary: 'What a participant shows of itself changed; changes within a moment come as one.',
  payload: ofParticipant.extend({
    /** Whether everything that was there before is gone. */
    cleared: z.boolean(),
    removed: z.array(StateKey),
    set: StateValues,
    /** What was there before, of the keys that changed. */
    old: StateValues,
  }),
  stream,
  durable: false,
  blockable: true,
  doer: ({ username }) => username,
  rev: revOf,
})

export const sharedChanged = event('activities.sharedChanged', {
  summary: 'A key of the shared state has another value, or none.',
  payload: z.object({
    ...activityName,
    key: StateKey,
    /** Absent where the key is gone. */
    value: StateValue.optional(),
    version: Seq,
    /** Absent where the key was not there. */
    old: StateValue.optional(),
  }),
  stream,
  durable: true,
})

export const broadcastSent = event('activities.broadcastSent', {
  summary: 'A participant tells the others something of the app; kept nowhere.',
  payload: z.object({
    ...activityName,
    connectionId: ConnectionId,
    username: Username,
    event: z.string(),
    data: StateValue.optional(),
  }),
  stream,
  durable: false,
  blockable: true,
  doer: ({ username }) => username,
})

export const permissionsChanged = event('activities.permissionsChanged', {
  summary: 'What is granted to a subject changed.',
  payload: z.object({
    ...activityName,
    subject: ActivitySubject,
    /** What is granted to the subject now. */
    permissions: z.array(ActivityPermission),
  }),
  stream,
  durable: true,
  rechecks: ({ subject }) => (subject.startsWith('user:') ? subject.slice(5) : true),
})

export const activityUpdated = event('activities.activityUpdated', {
  summary: 'The activity has another title, metadata or capacity.',
  payload: Activity.omit({ permissions: true, people: true, head: true }),
  stream,
  durable: true,
})

export const activityRemoved = event('activities.activityRemoved', {
  summary: 'The activity is gone, with its state.',
  payload: z.object(activityName),
  stream,
  durable: true,
  ends: 'activity_removed',
})
