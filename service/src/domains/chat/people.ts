import type { Kysely } from 'kysely'
import type { ReadContext, Refusing } from '../../kernel/context.ts'
import type { Database } from '../../kernel/schema.ts'
import { allPresent } from '../users/index.ts'
import { factsOf } from './grants.ts'
import { admit, makeChat, type AdmitContext } from './membership.ts'
import { directId, peopleOf } from './rules.ts'
import { findChat, memberNamesAmong, type ChatRow } from './store.ts'

export type PeopleContext = AdmitContext & Pick<ReadContext, 'policy'> & Refusing

/**
 * Makes the named people members, all of whom must exist. Those who are members stay; those who have blocked the caller
 * are left out without a word.
 */
export async function addPeople(
  ctx: PeopleContext,
  row: ChatRow,
  usernames: readonly string[],
): Promise<void> {
  const others = [...new Set(usernames)].filter((each) => each !== ctx.caller.username)
  await allPresent(ctx, others)
  const members = await memberNamesAmong(ctx.db, row.chat_id, others)
  const unwilling = await blockersAmong(ctx.db, ctx.caller.username, others)
  const left = new Set([...members, ...unwilling])
  for (const username of others.filter((each) => !left.has(each))) {
    const { sanctions } = await factsOf(ctx, row, username)
    if (sanctions.has('ban')) ctx.fail('forbidden', { reason: 'banned', username })
    await admit(ctx, row, { username, added: true })
  }
}

/** Those of these people who have blocked a person. */
async function blockersAmong(
  db: Kysely<Database>,
  username: string,
  people: readonly string[],
): Promise<string[]> {
  if (people.length === 0) return []
  const rows = await db
    .selectFrom('blocks')
    .select('owner')
    .where('username', '=', username)
    .where('owner', 'in', people)
    .execute()
  return rows.map(({ owner }) => owner)
}

/**
 * The direct chat of these people, made when it is not there yet. Who is blocked by one of them opens it as anybody: the
 * other hears nothing of it.
 */
export async function ensureDirect(
  ctx: PeopleContext,
  usernames: readonly string[],
): Promise<ChatRow> {
  const people = peopleOf(ctx.caller, usernames)
  const max = ctx.policy.limits.directMembers
  if (people.length < 2)
    ctx.fail('invalid_payload', { reason: 'too_few_people', path: 'usernames' })
  if (people.length > max) ctx.fail('limit_exceeded', { limit: 'directMembers', max })
  const chatId = directId(people)
  const existing = await findChat(ctx.db, chatId)
  if (existing) return existing
  const made = (await makeChat(ctx, { chat_id: chatId, kind: 'direct', visibility: 'private' }))!
  const others = people.filter((each) => each !== ctx.caller.username)
  await allPresent(ctx, others)
  for (const username of [ctx.caller.username, ...others]) {
    await admit(ctx, made, { username, added: true })
  }
  return (await findChat(ctx.db, chatId))!
}
