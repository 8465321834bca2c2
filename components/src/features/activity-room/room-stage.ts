import type { ActivityState, ConnectionInfo } from '@collab-kit/client'

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

/** Whether nothing is known of the activity yet, and it is on its way. */
export function isLoading(
  stage: Stage,
  activity: ActivityState | undefined,
  connection: ConnectionInfo | undefined,
): boolean {
  return stage === 'joining' && !activity?.activity && connection?.status !== 'offline'
}
