import { events } from '@collab-kit/protocol'
import { effectOf } from '../kernel/effects.ts'
import type { Published } from '../kernel/outbox.ts'
import type { Told } from './signals.ts'

const NAME = /^\{"name":"([^"]+)"/

/** What another node told, with what it says about people and states; who reads on is said by other signals. */
export function toPublished(stream: string, { json, by }: Told): Published {
  const event = events.get(NAME.exec(json)?.[1] ?? '')
  const item = { stream, seq: undefined, json, ...(by !== undefined && { by }) }
  if (!event?.people && !event?.rev) return item
  const { data } = JSON.parse(json) as { data: unknown }
  const { people, state } = effectOf(event, data, by)
  return { ...item, ...(people && { people }), ...(state && { state }) }
}
