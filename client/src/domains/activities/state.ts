import type {
  DataOf,
  EventItem,
  JoinedActivity,
  Participant,
  StateValues,
} from '@collab-kit/protocol'
import type { Appliers, CollabState } from '../../state.ts'
import { activityKey, type ActivityParticipant, type ActivityState } from './model.ts'

type Participants = ActivityState['participants']

/** A change of one activity; nothing happens for one that is not open. */
export const patchActivity =
  (key: string, patch: (activity: ActivityState) => ActivityState) =>
  (state: CollabState): CollabState => {
    const before = state.activities[key]
    const after = before && patch(before)
    if (!after || after === before) return state
    return { ...state, activities: { ...state.activities, [key]: after } }
  }

/** How a participant's state becomes another. */
export interface StateChange {
  cleared: boolean
  removed: readonly string[]
  set: StateValues
}

/** A state after a change: cleared first, then without what is removed, then with what is set. */
export function changed(state: StateValues, { cleared, removed, set }: StateChange): StateValues {
  const kept = cleared ? [] : Object.entries(state).filter(([key]) => !removed.includes(key))
  return { ...Object.fromEntries(kept), ...set }
}

/** Two changes as one. */
export function merged(first: StateChange | undefined, then: StateChange): StateChange {
  if (!first || then.cleared) return then
  const set = changed(first.set, then)
  const removed = [...new Set([...first.removed, ...then.removed])]
  return { cleared: first.cleared, removed: removed.filter((key) => !(key in set)), set }
}

/** An activity as the service answers whoever joins it. */
export function joined(
  { error: _error, reason: _reason, permission: _permission, ...state }: ActivityState,
  { participants, shared: _shared, ...activity }: JoinedActivity,
  own: { connectionId: string; state: StateValues },
): ActivityState {
  return {
    ...state,
    status: 'joined',
    activity,
    participants: Object.fromEntries(
      participants.map((each) => [
        each.connectionId,
        toParticipant(state.participants[each.connectionId], each, own),
      ]),
    ),
  }
}

/** Kept as it was where nothing changed. */
function toParticipant(
  known: ActivityParticipant | undefined,
  given: Participant,
  own: { connectionId: string; state: StateValues },
): ActivityParticipant {
  const local = given.connectionId === own.connectionId
  const next = { ...given, local, ...(local && { state: own.state }) }
  return known && JSON.stringify(known) === JSON.stringify(next) ? known : next
}

/** Nothing of an activity that one may not be in. */
export function emptied(
  { type, id }: ActivityState,
  why: Pick<ActivityState, 'status' | 'error' | 'reason' | 'permission'>,
): ActivityState {
  return { type, id, participants: {}, shared: {}, conflicts: {}, refused: {}, ...why }
}

/** What one's own connection shows of itself. */
export function withOwnState(
  state: ActivityState,
  connectionId: string | undefined,
  own: StateValues,
): ActivityState {
  const participant = connectionId === undefined ? undefined : state.participants[connectionId]
  if (!participant || participant.state === own) return state
  return withParticipant(state, { ...participant, state: own })
}

/** Who is told of anything that does not follow from what is known. */
export function gapsOf(
  { participants }: ActivityState,
  items: readonly EventItem[],
): { doubtful: string[]; whole: string[] } {
  const revs = new Map<string, number>()
  const doubtful: string[] = []
  const whole: string[] = []
  for (const item of items) {
    if (item.name === 'activities.participantJoined') {
      const { participant } = item.data as DataOf<'activities.participantJoined'>
      revs.set(participant.connectionId, participant.rev)
    }
    if (item.name !== 'activities.stateChanged') continue
    const { connectionId, rev, cleared } = item.data as DataOf<'activities.stateChanged'>
    const known = participants[connectionId]
    if (known?.local) continue
    const last = revs.get(connectionId) ?? known?.rev
    if (last !== undefined && rev <= last) continue
    revs.set(connectionId, rev)
    if (last !== undefined && cleared) whole.push(connectionId)
    else if (last === undefined || rev > last + 1) doubtful.push(connectionId)
  }
  return { doubtful, whole }
}

/**
 * The participants as they were listed, unless something later is known.
 * @param heard Connections that came or went while they were listed
 * @param doubtful Connections of which something was missed
 */
export function relisted(
  state: ActivityState,
  listed: readonly Participant[],
  { heard, doubtful }: { heard: ReadonlySet<string>; doubtful: ReadonlySet<string> },
): ActivityState {
  const before = state.participants
  const next: Record<string, ActivityParticipant> = {}
  for (const each of listed) {
    const { connectionId, rev } = each
    const known = before[connectionId]
    if (!known && heard.has(connectionId)) continue
    const isNewer = !known || rev > known.rev || (rev === known.rev && doubtful.has(connectionId))
    next[connectionId] =
      isNewer && !known?.local ? { ...each, local: false } : (known as ActivityParticipant)
  }
  for (const [connectionId, known] of Object.entries(before))
    if (!next[connectionId] && (known.local || heard.has(connectionId))) next[connectionId] = known
  return withParticipants(state, next)
}

/** Whom to follow after a change: another connection of the same person where the followed one has left. */
export function followedIn(before: ActivityState, after: ActivityState): string | undefined {
  const { following } = after
  if (following === undefined || after.participants[following]) return following
  const username = before.participants[following]?.username
  return Object.values(after.participants).findLast(
    (each) => each.username === username && !each.local,
  )?.connectionId
}

export function withFollowing(
  { following: _following, ...state }: ActivityState,
  following: string | undefined,
): ActivityState {
  return following === undefined ? state : { ...state, following }
}

function withParticipant(state: ActivityState, participant: ActivityParticipant): ActivityState {
  return withParticipants(state, {
    ...state.participants,
    [participant.connectionId]: participant,
  })
}

/** With the number of people that follows. */
function withParticipants(state: ActivityState, participants: Participants): ActivityState {
  const { activity } = state
  if (!activity) return { ...state, participants }
  const seen = Object.values(participants).flatMap((each) => (each.lurking ? [] : each.username))
  const people = new Set(seen).size
  return {
    ...state,
    participants,
    ...(people !== activity.people && { activity: { ...activity, people } }),
  }
}

const without = (state: ActivityState, isGone: (each: ActivityParticipant) => boolean) => {
  const all = Object.entries(state.participants)
  const left = all.filter(([, each]) => !isGone(each))
  return left.length === all.length ? state : withParticipants(state, Object.fromEntries(left))
}

/** Nobody who is here is this person. */
export const withoutPerson = (state: ActivityState, person: string): ActivityState =>
  without(state, ({ username, local }) => username === person && !local)

/** Every event of activities, typed by the contract: a new one does not compile until it is applied. */
export const activitiesEvents: Appliers<'activities'> = {
  'activities.participantJoined': (state, { data: { type, id, participant } }) =>
    patchActivity(activityKey(type, id), (activity) => {
      const known = activity.participants[participant.connectionId]
      if (known && participant.rev <= known.rev && known.lurking === participant.lurking)
        return activity
      const local = participant.connectionId === state.connection.connectionId
      return withParticipant(activity, {
        ...participant,
        local,
        ...(local && known && { state: known.state }),
      })
    })(state),
  'activities.participantLeft': (state, { data }) =>
    patchActivity(activityKey(data.type, data.id), (activity) =>
      without(activity, ({ connectionId, local }) => connectionId === data.connectionId && !local),
    )(state),
  'activities.participantRemoved': (state, { data }) =>
    patchActivity(activityKey(data.type, data.id), (activity) =>
      without(activity, ({ connectionId, username }) =>
        data.connectionId === undefined
          ? username === data.username
          : connectionId === data.connectionId,
      ),
    )(state),
  'activities.stateChanged': (state, { data }) =>
    patchActivity(activityKey(data.type, data.id), (activity) => {
      const known = activity.participants[data.connectionId]
      // What this connection shows of itself is known here first.
      if (!known || known.local || data.rev <= known.rev) return activity
      const { rev } = data
      return {
        ...activity,
        participants: {
          ...activity.participants,
          [known.connectionId]: { ...known, rev, state: changed(known.state, data) },
        },
      }
    })(state),
  'activities.activityUpdated': (state, { data }) =>
    patchActivity(activityKey(data.type, data.id), (activity) => {
      if (!activity.activity) return activity
      const { permissions, people, head } = activity.activity
      return { ...activity, activity: { ...data, permissions, people, head } }
    })(state),
  // What is wished here is laid over it, which the activity itself deals with.
  'activities.sharedChanged': (state) => state,
  // What it comes to for the reader is asked; the end is told by the end of the stream.
  'activities.permissionsChanged': (state) => state,
  'activities.activityRemoved': (state) => state,
  // Kept by nobody.
  'activities.broadcastSent': (state) => state,
}
