import { users } from '@collab-kit/protocol'
import type {
  Context,
  Edge,
  PersonState,
  ReadContext,
  Refusing,
  WriteContext,
} from '../../kernel/context.ts'
import { staged } from '../../kernel/module.ts'
import { checkOwnPassword, hashPassword } from './passwords.ts'
import { present } from './present.ts'
import { toColumns, updateProfile } from './profile.ts'
import { isReservedName } from './rules.ts'
import { nextSecond, toState } from './state.ts'
import {
  changeUser,
  cut,
  endSignIns,
  hasOtherAdmin,
  insertUser,
  propertiesOf,
  setPassword,
  toAccount,
  toUser,
  type UserRow,
} from './store.ts'

type Operations = typeof users.operations
const { roleChanged, userDisabled, userEnabled, userRegistered, userRemoved } = users.events

/** What a transaction leaves for the connections: the person as they are now, and their sign-ins that ended. */
interface Ending {
  state?: PersonState
  ended?: string[]
}

const account = async (db: ReadContext['db'], row: UserRow) =>
  toAccount(row, await propertiesOf(db, row.username))

/** Somebody has to be left who can undo it. */
async function keepAnAdmin(
  ctx: Pick<ReadContext, 'db'> & Refusing<'conflict'>,
  row: UserRow,
): Promise<void> {
  if (row.role === 'admin' && !(await hasOtherAdmin(ctx.db, row.username)))
    ctx.fail('conflict', { username: row.username, reason: 'last_admin' })
}

export const createUser = staged<Operations['createUser']>()({
  async prepare(_edge, { password }) {
    return password === undefined ? {} : { passwordHash: await hashPassword(password) }
  },
  async handle(ctx, input, { passwordHash }: { passwordHash?: string }) {
    const { username, displayName = username, role } = input
    if (isReservedName(username, ctx.policy)) ctx.fail('already_exists', { username })
    const made = await insertUser(ctx.db, {
      username,
      displayName,
      role,
      passwordHash,
      createdAt: ctx.now,
    })
    if (!made) return ctx.fail('already_exists', { username })
    const row = await changeUser(ctx.db, username, toColumns(input))
    await ctx.append(userRegistered, '', toUser(row))
    await ctx.audit('users.created', username, { role })
    return account(ctx.db, row)
  },
  complete: (_edge, _input, made) => made,
})

export const updateUser = staged<Operations['updateUser']>()({
  async prepare(_edge, { password }) {
    return password === undefined ? {} : { passwordHash: await hashPassword(password) }
  },
  async handle(ctx, input, { passwordHash }: { passwordHash?: string }) {
    const { username } = input
    await present(ctx, username)
    const row = await updateProfile(ctx, username, toColumns(input))
    if (passwordHash === undefined) return { account: await account(ctx.db, row), ended: [] }
    await setPassword(ctx.db, username, passwordHash)
    const ended = await endSignIns(ctx.db, { username, at: ctx.now })
    await ctx.audit('users.password_set', username)
    return { account: await account(ctx.db, row), ended }
  },
  complete(edge, _input, { account: changed, ended }) {
    end(edge, { ended })
    return changed
  },
})

export const setRole = staged<Operations['setRole']>()({
  async handle(ctx, { username, role }) {
    const row = await present(ctx, username)
    if (row.role === 'guest') return ctx.fail('conflict', { username, reason: 'guest' })
    if (row.role === role) return { account: await account(ctx.db, row) }
    await keepAnAdmin(ctx, row)
    await changeUser(ctx.db, username, { role })
    const after = await cut(ctx.db, username, { at: ctx.now })
    await ctx.append(roleChanged, '', { username, role })
    await ctx.audit('users.role_changed', username, { role })
    return { account: await account(ctx.db, after), state: toState(after) }
  },
  complete(edge, _input, { account: changed, ...ending }) {
    end(edge, ending)
    return changed
  },
})

export const disableUser = staged<Operations['disableUser']>()({
  async handle(ctx, { username }) {
    const row = await present(ctx, username)
    if (row.disabled_at !== null) return { account: await account(ctx.db, row) }
    await keepAnAdmin(ctx, row)
    await changeUser(ctx.db, username, { disabled_at: ctx.now })
    const ended = await endSignIns(ctx.db, { username, at: ctx.now })
    const after = await cut(ctx.db, username, { at: ctx.now, tokensFrom: nextSecond(ctx.now) })
    await ctx.append(userDisabled, '', { username })
    await ctx.audit('users.disabled', username)
    return { account: await account(ctx.db, after), state: toState(after), ended }
  },
  complete(edge, _input, { account: changed, ...ending }) {
    end(edge, ending)
    return changed
  },
})

export async function enableUser(
  ctx: Context<Operations['enableUser']>,
  { username }: { username: string },
) {
  const row = await present(ctx, username)
  if (row.disabled_at === null) return account(ctx.db, row)
  const after = await changeUser(ctx.db, username, { disabled_at: null })
  await ctx.append(userEnabled, '', { username })
  await ctx.audit('users.enabled', username)
  return account(ctx.db, after)
}

export const deleteUser = staged<Operations['deleteUser']>()({
  async handle(ctx, { username }) {
    const row = await present(ctx, username)
    await keepAnAdmin(ctx, row)
    return remove(ctx as unknown as WriteContext, row)
  },
  complete(edge, _input, ending) {
    end(edge, ending)
    return {}
  },
})

export const deleteMe = staged<Operations['deleteMe']>()({
  async prepare(edge, { password }) {
    const { username } = edge.caller
    const { passwordHash } = (await edge.lookup('users.?passwordOf', { username })) as {
      passwordHash?: string
    }
    if (passwordHash === undefined) return {}
    if (password === undefined)
      return edge.fail('forbidden', { reason: 'password_required', path: 'password' })
    await checkOwnPassword(edge, password)
    return {}
  },
  async handle(ctx) {
    const row = await present(ctx, ctx.caller.username)
    await keepAnAdmin(ctx, row)
    return remove(ctx as unknown as WriteContext, row)
  },
  complete(edge, _input, ending) {
    end(edge, ending)
    return {}
  },
})

/** The account and what it wrote are gone; its name stays taken. */
async function remove(ctx: WriteContext, { username }: UserRow): Promise<Ending> {
  await ctx.erase(username)
  const ended = await endSignIns(ctx.db, { username, at: ctx.now })
  await changeUser(ctx.db, username, {
    display_name: GONE,
    first_name: null,
    last_name: null,
    email: null,
    picture: null,
    password_hash: null,
    role: 'user',
    deleted_at: ctx.now,
  })
  const after = await cut(ctx.db, username, { at: ctx.now, tokensFrom: nextSecond(ctx.now) })
  await ctx.append(userRemoved, '', { username })
  await ctx.audit('users.deleted', username)
  return { state: toState(after), ended }
}

/** What those who have no words of their own for it show. */
const GONE = 'Deleted user'

/** Ends what a person may have no more, on their connections. */
function end(edge: Edge, { state, ended = [] }: Ending): void {
  const endNow = () => {
    if (state) edge.endPerson(state)
    for (const id of ended) edge.endSignIn(id, 'revoked')
  }
  const { username, signInId = '' } = edge.caller
  // The answer goes out first where it travels on a connection that is about to end.
  if (state?.username === username || ended.includes(signInId)) edge.afterAnswer(endNow)
  else endNow()
}
