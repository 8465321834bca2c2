import {
  activityStream,
  chatStream,
  userStream,
  type Audience,
  type StreamKey,
} from '@collab-kit/protocol'
import type { SelectQueryBuilder } from 'kysely'
import type { ReadContext } from '../../kernel/context.ts'
import type { Database } from '../../kernel/schema.ts'
import { readableActivity } from '../activities/index.ts'
import { readableChat } from '../chat/index.ts'
import { knownTo, seesAll, type Reading } from './snapshot.ts'

/** Where the people are whose presence is followed together. */
export type Place =
  | { kind: 'chat'; chatId: string }
  | { kind: 'activity'; type: string; id: string }
  | { kind: 'contacts'; owner: string }

export interface Target {
  usernames?: string[] | undefined
  contacts?: true | undefined
  chatId?: string | undefined
  activity?: { type: string; id: string } | undefined
}

/** The place that a target names; nothing where it names people. */
export function placeOf(target: Target, owner: string): Place | undefined {
  const { contacts, chatId, activity } = target
  if (chatId !== undefined) return { kind: 'chat', chatId }
  if (activity) return { kind: 'activity', type: activity.type, id: activity.id }
  return contacts && { kind: 'contacts', owner }
}

/** The stream that tells who comes and goes. */
export function streamOf(place: Place): StreamKey {
  if (place.kind === 'chat') return chatStream(place.chatId)
  return place.kind === 'activity' ? activityStream(place.type, place.id) : userStream(place.owner)
}

/** How the place is named in what is told of it. */
export const named = (place: Place): Pick<Audience, 'chatId' | 'activity'> =>
  place.kind === 'chat'
    ? { chatId: place.chatId }
    : place.kind === 'activity'
      ? { activity: { type: place.type, id: place.id } }
      : {}

/** Whether the caller may know who is there. */
export async function mayWatch(ctx: ReadContext, place: Place): Promise<boolean> {
  if (place.kind === 'contacts') return place.owner === ctx.caller.username
  if (place.kind === 'chat') return (await readableChat(ctx, place.chatId)) !== undefined
  return (await readableActivity(ctx, place)) !== undefined
}

type Names = SelectQueryBuilder<Database & { people: { username: string } }, 'people', object>

/** The people of a place, each once. */
function peopleOf({ db }: Pick<Reading, 'db'>, place: Place): Names {
  const source =
    place.kind === 'chat'
      ? db
          .selectFrom('members')
          .select('members.username')
          .where('members.chat_id', '=', place.chatId)
      : place.kind === 'contacts'
        ? db
            .selectFrom('contacts')
            .select('contacts.username')
            .where('contacts.owner', '=', place.owner)
        : db
            .selectFrom('participants')
            .select('participants.username')
            .distinct()
            .where('participants.type', '=', place.type)
            .where('participants.id', '=', place.id)
            .where('participants.left_at', 'is', null)
            .where('participants.lurking', '=', 0)
  return db.selectFrom(source.as('people')) as unknown as Names
}

/** How many people a place has. */
export const sizeOf = (ctx: Pick<Reading, 'db'>, place: Place): Promise<number> =>
  countOf(peopleOf(ctx, place))

/** How many of them are here, as far as the caller may know. */
export async function onlineIn(ctx: Reading, place: Place): Promise<number> {
  const { [ctx.caller.username]: online = 0 } = await onlineFor([ctx], place)
  return online
}

/** The same for several callers, by their names: those who may know of everybody there cost a few questions together. */
export async function onlineFor(
  readers: readonly Reading[],
  place: Place,
): Promise<Record<string, number>> {
  const online: Record<string, number> = {}
  const among = await sharing(readers, place)
  const knowing = readers.filter((each) => seesAll(each) || among.has(each.caller.username))
  const [first] = knowing
  if (first) {
    const total = await countOf(hereIn(first, place))
    const hidden = await blockedHere(first, place, knowing)
    for (const { caller } of knowing)
      online[caller.username] = total - (hidden.get(caller.username) ?? 0)
  }
  for (const each of readers) online[each.caller.username] ??= await countOf(knownHere(each, place))
  return online
}

/** The people of a place who are here. */
const hereIn = (ctx: Pick<Reading, 'db'>, place: Place): Names =>
  peopleOf(ctx, place)
    .innerJoin('presence', 'presence.username', 'people.username')
    .where('presence.state', '!=', 'offline') as unknown as Names

async function countOf(names: Names): Promise<number> {
  const row = await names.select(({ fn }) => fn.countAll().as('total')).executeTakeFirst()
  return Number(row?.total ?? 0)
}

/** Readers who are in the place, where that lets them know of all who are. */
async function sharing(readers: readonly Reading[], place: Place): Promise<ReadonlySet<string>> {
  const [first] = readers
  if (first?.policy.presenceVisibility !== 'shared' || place.kind === 'contacts') return new Set()
  const names = readers.map(({ caller }) => caller.username)
  const rows =
    place.kind === 'chat'
      ? await first.db
          .selectFrom('members')
          .select('username')
          .where('chat_id', '=', place.chatId)
          .where('username', 'in', names)
          .execute()
      : await first.db
          .selectFrom('participants')
          .select('username')
          .where('type', '=', place.type)
          .where('id', '=', place.id)
          .where('username', 'in', names)
          .where('left_at', 'is', null)
          .execute()
  return new Set(rows.map(({ username }) => username))
}

/** How many of those who are here each reader has blocked. */
async function blockedHere(
  ctx: Pick<Reading, 'db'>,
  place: Place,
  readers: readonly Reading[],
): Promise<ReadonlyMap<string, number>> {
  const owners = readers.map(({ caller }) => caller.username)
  const rows = await hereIn(ctx, place)
    .innerJoin('blocks', 'blocks.username', 'people.username')
    .where('blocks.owner', 'in', owners)
    .select(({ fn }) => ['blocks.owner', fn.countAll().as('hidden')])
    .groupBy('blocks.owner')
    .execute()
  return new Map(rows.map(({ owner, hidden }) => [owner, Number(hidden)]))
}

/** Those who are here and of whom the caller may know. */
function knownHere(ctx: Reading, place: Place): Names {
  const { username } = ctx.caller
  const blocked = ctx.db.selectFrom('blocks').select('username').where('owner', '=', username)
  return hereIn(ctx, place)
    .where('people.username', 'not in', blocked)
    .where(({ or, eb }) =>
      or([
        eb('people.username', '=', username),
        ...knownTo(ctx).map((known) => eb('people.username', 'in', known)),
      ]),
    )
}

/** Names of the people of a place in their order, from after this one on. */
export async function namesIn(
  ctx: Pick<Reading, 'db'>,
  place: Place,
  { after, limit }: { after?: string; limit: number },
): Promise<string[]> {
  let names = peopleOf(ctx, place).select('people.username').orderBy('people.username').limit(limit)
  if (after !== undefined) names = names.where('people.username', '>', after)
  return (await names.execute()).map(({ username }) => username)
}
