import type {
  Activity,
  ErrorShape,
  Participant,
  SharedEntry,
  StateValue,
} from '@collab-kit/protocol'

export interface ActivityParticipant extends Participant {
  /** Whether this is the connection of this page. */
  local: boolean
}

export interface SharedValue extends Omit<SharedEntry, 'key'> {
  /** Set here and not confirmed by the service yet: over an absence too. */
  pending?: true
}

/** A value that was set here and meanwhile by somebody else as well; both are kept until one is chosen. */
export interface SharedConflict {
  /** Absent where the key was taken away. */
  mine?: StateValue
  theirs?: StateValue
  /** Position of their change; 0 where the key is not there. */
  version: number
  by?: string
}

export interface ActivityState {
  type: string
  id: string
  /**
   * - `joining`: not in it yet, or not in it again after a connection was lost; what was known stays
   * - `full`: its capacity is reached; joined by itself as soon as somebody leaves
   * - `refused`: `error` says why (`forbidden`, `not_found`)
   * - `removed`: put out; `reason` says why, for people to read, and `permission` that a right was lost
   * - `ended`: the activity itself is gone
   */
  status: 'idle' | 'joining' | 'joined' | 'full' | 'refused' | 'removed' | 'ended'
  error?: ErrorShape
  reason?: string
  permission?: boolean
  /** Kept up to date. */
  activity?: Activity
  /** By connection, the longest there first. */
  participants: Readonly<Record<string, ActivityParticipant>>
  shared: Readonly<Record<string, SharedValue>>
  conflicts: Readonly<Record<string, SharedConflict>>
  /** Why the service does not take what was set here last, by key; until the key is changed again. */
  refused: Readonly<Record<string, ErrorShape>>
  /** The connection that this page follows. */
  following?: string
}

export const initialActivity = (type: string, id: string): ActivityState => ({
  type,
  id,
  status: 'idle',
  participants: {},
  shared: {},
  conflicts: {},
  refused: {},
})

/** Key of an activity in the store. */
export const activityKey = (type: string, id: string): string => `${type}/${id}`

/**
 * Keys of a participant's state that the kit's own elements use; an app takes any others.
 * Everything about places is in fractions of boxes along the logical axes, so that it holds at any width, zoom and
 * direction of writing.
 */
export interface KitState {
  /** Where the pointer is: within the element of this `data-collab-anchor`, or within the content. */
  cursor?: { anchor?: string; inline: number; block: number } | null
  /** What of the content is in view, and how far the marked scrollers (`data-collab-scroll`) are scrolled, 0–1. */
  viewport?: {
    inline: number
    block: number
    scrollers?: Record<string, { inline: number; block: number }>
  } | null
  /** The bound field that has the focus, and the selection in it. */
  editing?: { key: string; start?: number; end?: number } | null
  /** Whom they follow. */
  following?: string | null
}
