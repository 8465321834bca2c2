import { activities } from '@collab-kit/protocol'
import type { ReadContext, Refusing } from '../../kernel/context.ts'
import type { Handler } from '../../kernel/module.ts'
import { actorOf } from '../../kernel/outbox.ts'
import { granted } from './access.ts'
import { assertValueFits, bytesOf } from './sizes.ts'
import {
  changeActivity,
  dropEntries,
  entriesIn,
  findEntry,
  nameOf,
  saveEntry,
  streamOf,
  toEntry,
  valueOf,
  type ActivityRow,
  type StateRow,
} from './store.ts'

type Operations = typeof activities.operations
const { sharedChanged } = activities.events

/** Refuses a change that was decided on another value than the present one, which those see who may. */
function assertVersion(
  ctx: Pick<ReadContext, 'resource'> & Refusing<'conflict'>,
  entry: StateRow | undefined,
  ifVersion: number | undefined,
): void {
  const version = entry?.version ?? 0
  if (ifVersion === undefined || ifVersion === version) return
  const shown = entry && granted(ctx).permissions.has('view_state')
  ctx.fail('conflict', { ...(shown && { value: valueOf(entry) }), version })
}

function assertRoom(
  { policy, fail }: Pick<ReadContext, 'policy'> & Refusing,
  { state_keys: keys, state_bytes: bytes }: ActivityRow,
  added: { keys: number; bytes: number },
): void {
  const { stateKeys, stateBytes } = policy.limits
  const reason = 'state_limit'
  if (added.keys > 0 && keys + added.keys > stateKeys)
    fail('limit_exceeded', { limit: 'stateKeys', max: stateKeys, reason })
  if (added.bytes > 0 && bytes + added.bytes > stateBytes)
    fail('limit_exceeded', { limit: 'stateBytes', max: stateBytes, reason })
}

export const setShared: Handler<Operations['setShared']> = async (ctx, input) => {
  const { type, id, key, value, ifVersion } = input
  const { row } = granted(ctx)
  const before = await findEntry(ctx.db, row, key)
  assertVersion(ctx, before, ifVersion)
  assertValueFits(ctx.policy.limits, value, 'value')
  const json = JSON.stringify(value)
  const bytes = bytesOf(key, value)
  const added = { keys: before ? 0 : 1, bytes: bytes - (before?.bytes ?? 0) }
  assertRoom(ctx, row, added)
  const version = await ctx.append(sharedChanged, nameOf(row), (seq) => ({
    type,
    id,
    key,
    value,
    version: seq,
    ...(before && { old: valueOf(before) }),
  }))
  const entry = { type, id, key, value: json, version, bytes, set_by: actorOf(ctx.caller) }
  await saveEntry(ctx.db, entry)
  await changeActivity(ctx.db, row, {
    state_keys: row.state_keys + added.keys,
    state_bytes: row.state_bytes + added.bytes,
  })
  return toEntry(entry)
}

export const getShared: Handler<Operations['getShared']> = async (ctx, { key }) => {
  const { row } = granted(ctx)
  // First: what is changed in between is told by an event after the head.
  const head = await ctx.head(streamOf(row))
  return { items: await entriesIn(ctx.db, row, key), head }
}

export const removeShared: Handler<Operations['removeShared']> = async (ctx, input) => {
  const { type, id, key, ifVersion } = input
  const { row } = granted(ctx)
  const before = await findEntry(ctx.db, row, key)
  assertVersion(ctx, before, ifVersion)
  if (!before) return {}
  await dropEntries(ctx.db, row, key)
  await changeActivity(ctx.db, row, {
    state_keys: row.state_keys - 1,
    state_bytes: row.state_bytes - before.bytes,
  })
  await ctx.append(sharedChanged, nameOf(row), (version) => ({
    type,
    id,
    key,
    version,
    old: valueOf(before),
  }))
  return {}
}

export const clearShared: Handler<Operations['clearShared']> = async (ctx, { type, id }) => {
  const { row } = granted(ctx)
  const entries = await entriesIn(ctx.db, row)
  if (entries.length === 0) return {}
  await dropEntries(ctx.db, row)
  await changeActivity(ctx.db, row, { state_keys: 0, state_bytes: 0 })
  for (const { key, value: old } of entries)
    await ctx.append(sharedChanged, nameOf(row), (version) => ({ type, id, key, version, old }))
  return {}
}
