import { activities, type Parsed, type StateValue } from '@collab-kit/protocol'
import type { Edge } from '../../kernel/context.ts'
import { live as handledLive } from '../../kernel/module.ts'
import { createLive, type Own } from './live.ts'
import { assertOwnFits, assertValueFits } from './sizes.ts'
import { nameOf, type Name } from './store.ts'

type Operations = typeof activities.operations
const { broadcastSent } = activities.events

/** The caller's participant, who is seen and may show something. */
async function speaker(edge: Edge, name: Name): Promise<Own> {
  const live = edge.local(createLive)
  const connection = edge.connection!
  // What is said right behind a joining waits for it.
  await live.turnOf(name, connection.id)?.over
  for (;;) {
    const own = live.findReading(name, connection)
    if (!own) return edge.fail('forbidden', { reason: 'not_in_activity' })
    if (own.lurking) return edge.fail('forbidden', { reason: 'lurking' })
    if (own.maySet === false) return edge.fail('forbidden', { permission: 'set_state' })
    if (own.maySet) return own
    await (own.asking ??= ask(edge, own))
  }
}

/** Asks whether a participant may still show something; what is said about permissions meanwhile makes it ask anew. */
async function ask(edge: Edge, own: Own): Promise<void> {
  const { type, id, caller } = own
  // Nothing is known of `asking` before this line is over.
  await Promise.resolve()
  const asked = own.asking
  try {
    const answer = await edge.lookup('activities.?maySet', {
      type,
      id,
      username: caller.username,
      role: caller.role,
    })
    if (own.asking === asked) own.maySet = (answer as { maySet: boolean }).maySet
  } finally {
    if (own.asking === asked) own.asking = undefined
  }
}

export const setState = handledLive<Operations['setState']>()(async (edge, { values, ...name }) => {
  const own = await speaker(edge, name)
  const { limits } = edge.policy
  const state = new Map<string, StateValue>(own.state)
  for (const [key, value] of Object.entries(values)) {
    assertValueFits(limits, value, `values.${key}`)
    state.set(key, value)
  }
  assertOwnFits(limits, state)
  own.state = state
  for (const key of Object.keys(values)) own.touched.add(key)
  edge.local(createLive).changed(edge, own)
  return {}
})

export const removeState = handledLive<Operations['removeState']>()(async (
  edge,
  { keys, ...name },
) => {
  const own = await speaker(edge, name)
  for (const key of keys) if (own.state.delete(key)) own.touched.add(key)
  edge.local(createLive).changed(edge, own)
  return {}
})

export const clearState = handledLive<Operations['clearState']>()(async (edge, name) => {
  const own = await speaker(edge, name)
  own.state.clear()
  own.cleared = true
  edge.local(createLive).changed(edge, own)
  return {}
})

export const broadcast = handledLive<Operations['broadcast']>()(async (
  edge,
  { type, id, event, data }: Parsed<Operations['broadcast']>,
) => {
  const { connectionId, caller } = await speaker(edge, { type, id })
  if (data !== undefined) assertValueFits(edge.policy.limits, data, 'data')
  const { username } = caller
  edge.tell(broadcastSent, nameOf({ type, id }), {
    type,
    id,
    connectionId,
    username,
    event,
    ...(data !== undefined && { data }),
  })
  return {}
})
