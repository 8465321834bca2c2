import type { activities, Participant } from '@collab-kit/protocol'
import type { Edge, ReadContext, Refusing } from '../../kernel/context.ts'
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

interface Listed {
  rest: Participant[]
  limit: number
}

/** Those whom the caller is shown after the cursor, up to one more than a page. */
async function listed(
  ctx: ReadContext & Refusing,
  input: { cursor?: string | undefined; limit: number },
): Promise<Listed> {
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
}

/** As many of them as fit. */
function pageOf(edge: Edge, shown: Participant[], { rest, limit }: Listed) {
  const items = firstFitting(shown.slice(0, limit), edge.policy.limits.pageBytes, jsonBytes)
  const last = items.at(-1)
  const nextCursor = last && encodeCursor([last.joinedAt, last.connectionId])
  return { items, ...(nextCursor && items.length < rest.length && { nextCursor }) }
}

export const listParticipants = staged<Operations['listParticipants']>()({
  handle: listed,
  complete: (edge, { type, id }, found) =>
    pageOf(edge, overlaid(edge, { type, id }, found.rest), found),
})

export const getState = staged<Operations['getState']>()({
  handle: listed,
  complete(edge, { type, id, key }, found) {
    const shown = overlaid(edge, { type, id }, found.rest)
    if (key === undefined) return pageOf(edge, shown, found)
    const only = shown.map(({ state, ...rest }) => ({
      ...rest,
      state: Object.fromEntries(Object.entries(state).filter(([each]) => each === key)),
    }))
    return pageOf(edge, only, found)
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
