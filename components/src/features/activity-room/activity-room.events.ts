import type { ActivityParticipant } from '@collab-kit/client'
import type { StateValue } from '@collab-kit/protocol'
import type { BoundConflict } from '../activity/bound-model.ts'
import type { FollowStop } from '../activity/follow.ts'

/** Somebody's connection is in the activity now. */
export class CollabParticipantJoinEvent extends CustomEvent<{ participant: ActivityParticipant }> {
  static readonly type = 'collab-participant-join'
  constructor(detail: { participant: ActivityParticipant }) {
    super(CollabParticipantJoinEvent.type, { detail, bubbles: true, composed: true })
  }
}

/** Somebody's connection is in the activity no more. */
export class CollabParticipantLeaveEvent extends CustomEvent<{ participant: ActivityParticipant }> {
  static readonly type = 'collab-participant-leave'
  constructor(detail: { participant: ActivityParticipant }) {
    super(CollabParticipantLeaveEvent.type, { detail, bubbles: true, composed: true })
  }
}

export interface CollabFollowDetail {
  connectionId: string
  username: string
}

/** Somebody is followed from here on. */
export class CollabFollowStartEvent extends CustomEvent<CollabFollowDetail> {
  static readonly type = 'collab-follow-start'
  constructor(detail: CollabFollowDetail) {
    super(CollabFollowStartEvent.type, { detail, bubbles: true, composed: true })
  }
}

/** Whoever was followed is not followed any more; the reason tells why. */
export class CollabFollowStopEvent extends CustomEvent<
  CollabFollowDetail & { reason: FollowStop }
> {
  static readonly type = 'collab-follow-stop'
  constructor(detail: CollabFollowDetail & { reason: FollowStop }) {
    super(CollabFollowStopEvent.type, { detail, bubbles: true, composed: true })
  }
}

export interface CollabStateChangeDetail {
  key: string
  /** Absent where the key is gone. */
  value: StateValue | undefined
  /** Username of who set it. */
  by: string | undefined
  /** Whether it was set on this page; the service may not have it yet. */
  local: boolean
}

/** A shared value is another one. What was there when the activity was joined is not told. */
export class CollabStateChangeEvent extends CustomEvent<CollabStateChangeDetail> {
  static readonly type = 'collab-state-change'
  constructor(detail: CollabStateChangeDetail) {
    super(CollabStateChangeEvent.type, { detail, bubbles: true, composed: true })
  }
}

/**
 * A value was changed here and by somebody else at once. Cancelable: then the page decides, with `resolve()` of the
 * element; else what was written here stays, and the person can take the other one.
 */
export class CollabStateConflictEvent extends CustomEvent<BoundConflict> {
  static readonly type = 'collab-state-conflict'
  constructor(detail: BoundConflict) {
    super(CollabStateConflictEvent.type, {
      detail,
      bubbles: true,
      composed: true,
      cancelable: true,
    })
  }
}

export interface CollabRemovedDetail {
  /** What who did it said, for people to read. */
  reason: string | undefined
  /** Whether a right was lost. */
  permission: boolean
}

/** The person was put out of the activity. */
export class CollabRemovedEvent extends CustomEvent<CollabRemovedDetail> {
  static readonly type = 'collab-removed'
  constructor(detail: CollabRemovedDetail) {
    super(CollabRemovedEvent.type, { detail, bubbles: true, composed: true })
  }
}

/** The activity itself is gone. */
export class CollabActivityEndedEvent extends CustomEvent<{ type: string; id: string }> {
  static readonly type = 'collab-activity-ended'
  constructor(detail: { type: string; id: string }) {
    super(CollabActivityEndedEvent.type, { detail, bubbles: true, composed: true })
  }
}

declare global {
  interface HTMLElementEventMap {
    'collab-participant-join': CollabParticipantJoinEvent
    'collab-participant-leave': CollabParticipantLeaveEvent
    'collab-follow-start': CollabFollowStartEvent
    'collab-follow-stop': CollabFollowStopEvent
    'collab-state-change': CollabStateChangeEvent
    'collab-state-conflict': CollabStateConflictEvent
    'collab-removed': CollabRemovedEvent
    'collab-activity-ended': CollabActivityEndedEvent
  }
}
