import type { activities, Participant } from '@collab-kit/protocol'
import type { Edge } from '../../kernel/context.ts'
import { staged, type Handler } from '../../kernel/module.ts'
import { encodeCursor, firstFitting, jsonBytes, pairAfter } from '../../kernel/pages.ts'
import { findUser } from '../users/index.ts'
import { granted } from './access.ts'
import { endIfEmpty, putOut } from './leaving.ts'
import { createLive } from './live.ts'
import { permissionsOfPeople } from './permissions.ts'
import { isPower } from './rules.ts'
import { nameOf, participantsIn, type Name } from './store.ts'
import { shownTo } from './views.ts'

type Operations = typeof activities.operations

/** What this node's participants show is newer in its memory than in their rows. */
const overlaid = (edge: Edge, name: Name, items: Participant[]): Participant[] =>
  edge.local(createLive).overlay(name, items)

export const listParticipants = staged<Operations['listParticipants']>()({
  async handle(ctx, input) {
    const { row, permissions } = granted(ctx)
    const after = pairAfter(input.cursor)
    if (!after) return ctx.fail('invalid_cursor', { reason: 'invalid_cursor', path: 'cursor' })
    const [at, id] = after
    const limit = Math.min(input.limit, ctx.policy.limits.pageItems)
    const rows = await participantsIn(ctx.db, row)
    const rest = (await shownTo(ctx, rows, permissions)).filter(
      ({ joinedAt, connectionId }) => joinedAt > at || (joinedAt === at && connectionId > id),
    )
    return { rest: rest.slice(0, limit + 1), limit }
  },
  complete(edge, { type, id }, { rest, limit }) {
    const shown = overlaid(edge, { type, id }, rest.slice(0, limit))
    const items = firstFitting(shown, edge.policy.limits.pageBytes, jsonBytes)
    const last = items.at(-1)
    return {
      items,
      ...(last &&
        items.length < rest.length && {
          nextCursor: encodeCursor([last.joinedAt, last.connectionId]),
        }),
    }
  },
})

export const getState = staged<Operations['getState']>()({
  async handle(ctx) {
    const { row, permissions } = granted(ctx)
    return { items: await shownTo(ctx, await participantsIn(ctx.db, row), permissions) }
  },
  complete(edge, { type, id, key }, { items }) {
    const shown = overlaid(edge, { type, id }, items)
    if (key === undefined) return { items: shown }
    return {
      items: shown.map(({ state, ...rest }) => ({
        ...rest,
        state: Object.fromEntries(Object.entries(state).filter(([each]) => each === key)),
      })),
    }
  },
})

export const removeParticipant: Handler<Operations['removeParticipant']> = async (ctx, input) => {
  const { connectionId, username, reason } = input
  const { row, permissions: held } = granted(ctx)
  if (username !== undefined && !(await findUser(ctx.db, username)))
    return ctx.fail('not_found', { username })
  const rows = (await participantsIn(ctx.db, row)).filter((each) =>
    connectionId === undefined ? each.username === username : each.connection_id === connectionId,
  )
  const [first] = rows
  if (!first) return {}
  if (first.username !== ctx.caller.username) {
    // Nobody puts out one who holds what they do not hold themselves.
    const theirs = (await permissionsOfPeople(ctx, row, [first.username])).get(first.username)
    const beyond = [...(theirs ?? [])].find((each) => isPower(each) && !held.has(each))
    if (beyond) ctx.fail('forbidden', { permission: beyond })
  }
  await putOut(ctx, rows, { permission: false, reason, each: connectionId !== undefined })
  await endIfEmpty(ctx, row)
  await ctx.audit('activities.remove_participant', nameOf(row), {
    username: first.username,
    ...(connectionId !== undefined && { connectionId }),
  })
  return {}
}
