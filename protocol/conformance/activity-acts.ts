import { activityStream, type EventItem, type InputOf, type OutputOf } from '@collab-kit/protocol'
import type { Actor } from './acts.ts'
import { unique } from './connect.ts'

export interface ActivityName {
  type: string
  id: string
}

/** The name of an activity that nobody has made yet. */
export const newActivity = (): ActivityName => ({ type: 'board', id: unique('a') })

export const join = (
  caller: Actor,
  activity: ActivityName,
  more: Partial<InputOf<'activities.joinActivity'>> = {},
): Promise<OutputOf<'activities.joinActivity'>> =>
  caller.call('activities.joinActivity', { ...activity, ...more })

export const streamOf = ({ type, id }: ActivityName): string => activityStream(type, id)

/** An event about one connection of an activity. */
export const about =
  (name: string, { connectionId }: { connectionId: string }) =>
  (item: EventItem): boolean => {
    if (item.name !== `activities.${name}`) return false
    const data = item.data as { connectionId?: string; participant?: { connectionId: string } }
    return (data.participant?.connectionId ?? data.connectionId) === connectionId
  }

/** The connections in an activity as somebody is shown them: those of one moment are in no order. */
export const present = async (caller: Actor, activity: ActivityName): Promise<string[]> =>
  (await caller.call('activities.listParticipants', activity)).items
    .map(({ connectionId }) => connectionId)
    .sort()

export const idsOf = (...peers: readonly { connectionId: string }[]): string[] =>
  peers.map(({ connectionId }) => connectionId).sort()

/** Asks until the answer fits: what another node knows comes here within a moment. */
export async function untilAnswer<T>(
  ask: () => Promise<T>,
  fits: (answer: T) => boolean,
): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (fits(answer)) return answer
    await new Promise((resolve) => void setTimeout(resolve, 20))
  }
}
