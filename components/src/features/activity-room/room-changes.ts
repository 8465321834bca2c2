import type { ActivityParticipant, ActivityState, SharedValue } from '@collab-kit/client'
import { same } from '../activity/bound-control.ts'
import type { CollabStateChangeDetail } from './activity-room.events.ts'

export interface RoomChanges {
  joined: readonly ActivityParticipant[]
  left: readonly ActivityParticipant[]
  shared: readonly CollabStateChangeDetail[]
}

type Participants = ActivityState['participants']
type Shared = ActivityState['shared']

const NOTHING: RoomChanges = { joined: [], left: [], shared: [] }

/** What has happened in an activity since it was looked at last; what was there before is no news. */
export class RoomWatch {
  #participants: Participants | undefined
  #shared: Shared | undefined

  /** Another activity. */
  forget(): void {
    this.#participants = this.#shared = undefined
  }

  follow({ status, participants, shared }: ActivityState): RoomChanges {
    if (status !== 'joined') return this.#away(status, shared)
    const before = { participants: this.#participants, shared: this.#shared }
    this.#participants = participants
    this.#shared = shared
    return {
      joined: before.participants ? comers(participants, before.participants) : [],
      left: before.participants ? comers(before.participants, participants) : [],
      shared: before.shared ? sharedChanges(before.shared, shared) : [],
    }
  }

  /** On the way back what others do is not known; what is set here is. */
  #away(status: ActivityState['status'], shared: Shared): RoomChanges {
    const before = this.#shared
    if (status !== 'joining' || !before) return NOTHING
    this.#shared = shared
    return { ...NOTHING, shared: sharedChanges(before, shared) }
  }
}

/** Others who are in one and not in the other. */
const comers = (now: Participants, before: Participants): ActivityParticipant[] =>
  now === before
    ? []
    : Object.values(now).filter(({ connectionId, local }) => !local && !before[connectionId])

function sharedChanges(before: Shared, now: Shared): CollabStateChangeDetail[] {
  if (before === now) return []
  const keys = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...keys].flatMap((key) => {
    const value = now[key]
    if (value === before[key] || same(before[key]?.value, value?.value)) return []
    return { key, value: value?.value, by: byOf(value), local: value?.pending ?? false }
  })
}

const byOf = (value: SharedValue | undefined): string | undefined => value?.by
