import type { ActivityState, ConnectionInfo, ConnectionStatus } from '@collab-kit/client'

/**
 * What the element is as a whole:
 * - `unknown-page`: the service takes no connection from this page
 * - `session-ended`: the page's own tokens have come to their end
 * - `left`: the person has left by themselves
 */
export type Stage =
  | 'no-service'
  | 'no-activity'
  | 'unknown-page'
  | 'signed-out'
  | 'session-ended'
  | 'refused'
  | 'full'
  | 'removed'
  | 'ended'
  | 'left'
  | 'joining'
  | 'joined'

export interface StageInput {
  addressMissing: boolean
  named: boolean
  /** Whether the page issues the tokens. */
  tokensByPage: boolean
  connection: ConnectionInfo | undefined
  activity: ActivityState | undefined
  left: boolean
}

const OF_ACTIVITY = {
  idle: 'joining',
  joining: 'joining',
  joined: 'joined',
  full: 'full',
  refused: 'refused',
  removed: 'removed',
  ended: 'ended',
} as const satisfies Record<ActivityState['status'], Stage>

export function roomStage(input: StageInput): Stage {
  const { connection, activity } = input
  if (!input.named) return 'no-activity'
  if (input.addressMissing) return 'no-service'
  if (connection?.status === 'refused') return 'unknown-page'
  if (connection?.status === 'signed_out')
    return input.tokensByPage ? 'session-ended' : 'signed-out'
  if (input.left) return 'left'
  return OF_ACTIVITY[activity?.status ?? 'idle']
}

/** Stages in which something else stands before the content, which nobody can use meanwhile. */
export const COVERED: ReadonlySet<Stage> = new Set<Stage>([
  'unknown-page',
  'signed-out',
  'session-ended',
  'refused',
  'full',
])

/** Stages in which one is not in the activity, and will come back with what it has then. */
export const OUT: ReadonlySet<Stage> = new Set<Stage>(['left', 'removed', 'ended', 'full'])

export interface RoomStates {
  stage: Stage
  connection: ConnectionStatus | undefined
  loading: boolean
  lurking: boolean
  writable: boolean
  following: boolean
  narrow: boolean
  sidebar: boolean
}

/** What CSS sees of a room as `:state(name)`. */
export function showStates(
  room: { setState: (name: string, on: boolean) => void },
  { stage, connection, loading, lurking, writable, following, narrow, sidebar }: RoomStates,
): void {
  const joined = stage === 'joined'
  room.setState('loading', loading)
  room.setState('lurking', joined && lurking)
  room.setState('readonly', joined && !writable)
  room.setState('following', following)
  room.setState('narrow', narrow)
  room.setState('sidebar', sidebar)
  room.setState('reconnecting', connection === 'reconnecting')
  room.setState('offline', connection === 'offline')
  room.setState('signed-out', stage === 'signed-out')
  room.setState('error', ['no-service', 'no-activity', 'unknown-page', 'refused'].includes(stage))
  room.setState('full', stage === 'full')
  room.setState('removed', stage === 'removed')
  room.setState('ended', stage === 'ended')
}

/** Whether nothing is known of the activity yet, and it is on its way. */
export function isLoading(
  stage: Stage,
  activity: ActivityState | undefined,
  connection: ConnectionInfo | undefined,
): boolean {
  return stage === 'joining' && !activity?.activity && connection?.status !== 'offline'
}
