import type { ReadContext, Traces, WriteContext } from './context.ts'
import { newId } from './ids.ts'
import type { Registry } from './registry.ts'

let entries = 0

/** In the order of time, and of one process in the order of noting. */
const entryId = (now: string): string =>
  [Date.parse(now), entries++].map((part) => part.toString(36).padStart(9, '0')).join('') + newId(6)

/** Note a security event in the transaction of what it is about. */
export async function writeAudit(
  { db, caller, now }: Pick<ReadContext, 'db' | 'caller' | 'now'>,
  [action, subject, details]: Parameters<Traces['audit']>,
): Promise<void> {
  const by =
    caller.role === 'system' ? null : ((caller.scopes && caller.signInId) ?? caller.username)
  await db
    .insertInto('audit')
    .values({
      id: entryId(now),
      at: now,
      actor: by || null,
      action,
      subject: subject ?? null,
      details: details === undefined ? null : JSON.stringify(details),
    })
    .execute()
}

/** Everything that the domains keep about a person, by domain. */
export async function exportPerson(
  { modules }: Registry,
  ctx: ReadContext,
  username: string,
): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {}
  for (const { name, personal } of modules) {
    if (personal) all[name] = await personal.export(ctx, username)
  }
  return all
}

/** Every domain drops what it keeps about a person. */
export async function erasePerson(
  { modules }: Registry,
  ctx: WriteContext,
  username: string,
): Promise<void> {
  for (const { personal } of modules) await personal?.erase(ctx, username)
}
