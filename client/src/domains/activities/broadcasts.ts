import type { DataOf, EventItem } from '@collab-kit/protocol'
import type { DomainContext } from '../context.ts'
import type { ActivityHandle } from './handle.ts'

/** What those in an activity tell each other, and nobody keeps. */
export const broadcastsOf = (
  { calls, emitter }: DomainContext,
  { type, id }: { type: string; id: string },
  isIn: () => boolean,
): Pick<ActivityHandle, 'broadcast' | 'onBroadcast'> => ({
  broadcast(event, data) {
    const said = { type, id, event, ...(data !== undefined && { data }) }
    // Worth nothing a moment later: never repeated.
    if (isIn()) calls.attempt('activities.broadcast', said).catch(() => {})
  },
  onBroadcast: (handler) =>
    emitter.on(
      'activities.broadcastSent',
      (item: EventItem<DataOf<'activities.broadcastSent'>>) => {
        if (item.data.type === type && item.data.id === id) handler(item)
      },
    ),
})
