import { auth, type Parsed } from '@collab-kit/protocol'
import type { Context } from '../../kernel/context.ts'
import { staged } from '../../kernel/module.ts'
import {
  checkOwnPassword,
  cut,
  endSignIns,
  findUser,
  hashPassword,
  nextSecond,
  setPassword,
  toState,
} from '../users/index.ts'
import { latestPage, toLatest } from './latest.ts'
import { endSignIn, findSignIn, openSignIns } from './store.ts'

type Operations = typeof auth.operations
const { signedOut } = auth.events

export const signOut = staged<Operations['signOut']>()({
  async handle(ctx) {
    const { signInId, username } = ctx.caller
    if (signInId && !ctx.caller.scopes) {
      await endSignIn(ctx.db, signInId, ctx.now)
      await ctx.append(signedOut, '', { username, reason: 'signed_out' })
    }
    return {}
  },
  complete(edge) {
    const { signInId, scopes } = edge.caller
    // The answer goes out first: it travels on the connection that is about to end.
    if (signInId && !scopes) edge.afterAnswer(() => edge.endSignIn(signInId, 'signed_out'))
    return {}
  },
})

export const changePassword = staged<Operations['changePassword']>()({
  async prepare(edge, { currentPassword, newPassword }) {
    const passwordHash = await checkOwnPassword(edge, currentPassword)
    return { passwordHash, newHash: await hashPassword(newPassword) }
  },
  async handle(ctx, _input, { passwordHash, newHash }) {
    const { username, signInId } = ctx.caller
    const row = await findUser(ctx.db, username)
    if (row?.password_hash !== passwordHash) return ctx.fail('unauthenticated')
    await setPassword(ctx.db, username, newHash)
    await ctx.audit('auth.password_changed', username)
    const but = signInId === undefined ? {} : { but: signInId }
    return { ended: await endSignIns(ctx.db, { username, at: ctx.now, ...but }) }
  },
  complete(edge, _input, { ended }) {
    for (const id of ended) edge.endSignIn(id, 'revoked')
    return {}
  },
})

export async function listSignIns(
  ctx: Context<Operations['listSignIns']>,
  input: Parsed<Operations['listSignIns']>,
) {
  const { db, caller } = ctx
  const page = latestPage(ctx, input)
  const found = await openSignIns(db, caller.username, page)
  const { rows, next } = toLatest(found, page, (row) => row.used_at)
  return {
    items: rows.map((row) => ({
      id: row.id,
      createdAt: row.created_at,
      usedAt: row.used_at,
      current: row.id === caller.signInId,
    })),
    ...next,
  }
}

export const revokeSignIn = staged<Operations['revokeSignIn']>()({
  async handle(ctx, { id }) {
    const { username } = ctx.caller
    const row = await findSignIn(ctx.db, id)
    // Another's looks like none.
    if (row?.username !== username) return ctx.fail('not_found', { id })
    if (row.ended_at === null) {
      await endSignIn(ctx.db, id, ctx.now)
      await ctx.append(signedOut, '', { username, reason: 'revoked' })
      await ctx.audit('auth.sign_in_revoked', username)
    }
    return {}
  },
  complete(edge, { id }) {
    if (id === edge.caller.signInId) edge.afterAnswer(() => edge.endSignIn(id, 'revoked'))
    else edge.endSignIn(id, 'revoked')
    return {}
  },
})

export const revokeTokens = staged<Operations['revokeTokens']>()({
  async handle(ctx, { username, before }) {
    const row = await findUser(ctx.db, username)
    if (!row || row.deleted_at !== null) return ctx.fail('not_found', { username })
    const past = before !== undefined && before < ctx.now ? before : undefined
    const person = { username, at: ctx.now }
    const ended = await endSignIns(
      ctx.db,
      past === undefined ? person : { ...person, before: past },
    )
    const from = past ?? nextSecond(ctx.now)
    const tokensFrom = row.tokens_from !== null && row.tokens_from > from ? row.tokens_from : from
    const state = toState(await cut(ctx.db, username, { at: ctx.now, tokensFrom }))
    await ctx.append(signedOut, '', { username, reason: 'revoked' })
    await ctx.audit('auth.tokens_revoked', username)
    return { ended, state }
  },
  complete(edge, _input, { ended, state }) {
    const end = () => {
      edge.endPerson(state)
      for (const id of ended) edge.endSignIn(id, 'revoked')
    }
    // The answer goes out first where it travels on a connection that is about to end.
    if (state.username === edge.caller.username) edge.afterAnswer(end)
    else end()
    return {}
  },
})
