import type { EventDefinition } from '@collab-kit/protocol'

/** What an event does to those who read its stream. */
export interface Effect {
  /** Set when somebody's reading begins or ends with it. */
  admits?: string
  dismisses?: string
  /** Why reading ends with it, for the one or for all. Default: `left`. */
  reason?: string
  /** Nobody reads the stream any more. */
  ends?: true
  /** Of those who joined by hand, whose right is asked anew before they are given anything more: one person's, or all. */
  rechecks?: string | true
  /** Whose words or doings it is: kept from those who have blocked them. */
  by?: string
  /** The one connection whose reading ends with it. */
  disconnects?: string
  /** Who is from now on, or no more, among the people whom the stream is about. */
  people?: { came: string } | { went: string }
  /** Of which state it tells, and the number of that state. */
  state?: { of: string; rev: number }
  /** Whom the person of the stream hears nothing of from now on, or again. */
  blocks?: { username: string; blocked: boolean }
}

/** Whether the data of this event decides about its readers. */
export const isDecisive = (event: EventDefinition): boolean =>
  Boolean(event.admits ?? event.dismisses ?? event.rechecks ?? event.blocks ?? event.people)

/** The effect of an event by this actor. */
export function effectOf(
  event: EventDefinition,
  data: unknown,
  actor: string | null | undefined,
): Effect {
  const by = event.doer?.(data) ?? actor
  const dismisses = event.dismisses?.(data)
  const disconnects = event.disconnects?.(data)
  const ended = dismisses || disconnects
  const reason = event.ends ?? (ended ? event.reason?.(data) : undefined)
  const people = event.people?.(data)
  return {
    ...(event.admits && { admits: event.admits(data) }),
    ...(dismisses && { dismisses }),
    ...(disconnects && { disconnects }),
    ...(reason !== undefined && { reason }),
    ...(event.ends !== undefined && { ends: true }),
    ...(event.rechecks && { rechecks: event.rechecks(data) }),
    ...(people && { people }),
    ...(event.rev && { state: event.rev(data) }),
    ...(event.blocks && { blocks: event.blocks(data) }),
    ...(event.blockable && by && { by }),
  }
}
