import {
  activityStream,
  chatStream,
  userStream,
  type Audience,
  type StreamKey,
} from '@collab-kit/protocol'
import { sql, type SelectQueryBuilder } from 'kysely'
import type { ReadContext } from '../../kernel/context.ts'
import type { Database } from '../../kernel/schema.ts'
import { readableActivity } from '../activities/index.ts'
import { readableChat } from '../chat/index.ts'
import { seesAll, type Reading } from './snapshot.ts'

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
export async function sizeOf(ctx: Pick<Reading, 'db'>, place: Place): Promise<number> {
  const row = await peopleOf(ctx, place)
    .select(({ fn }) => fn.countAll().as('total'))
    .executeTakeFirst()
  return Number(row?.total ?? 0)
}

/** How many of them are here, as far as the caller may know. */
export async function onlineIn(ctx: Reading, place: Place): Promise<number> {
  let here = peopleOf(ctx, place)
    .innerJoin('presence', 'presence.username', 'people.username')
    .select(({ fn }) => fn.countAll().as('online'))
    .where('presence.state', '!=', 'offline')
  // Those with whom nothing is shared but this place are shared with all who are in it.
  if (ctx.policy.presenceVisibility === 'contacts' && !seesAll(ctx))
    here = here.where(({ or, exists, selectFrom, eb }) =>
      or([
        eb('people.username', '=', ctx.caller.username),
        exists(
          selectFrom('contacts as lists')
            .select(sql<number>`1`.as('one'))
            .whereRef('lists.owner', '=', 'people.username')
            .where('lists.username', '=', ctx.caller.username),
        ),
      ]),
    )
  const row = await here.executeTakeFirst()
  return Number(row?.online ?? 0)
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
