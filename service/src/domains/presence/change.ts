import { CollabError, presence, type OwnPresence, type Parsed } from '@collab-kit/protocol'
import { jsonBytes } from '../../kernel/pages.ts'
import type { Policy, WriteContext } from '../../kernel/context.ts'
import type { SetAnswer, SetHandler } from '../../kernel/module.ts'
import { differ, settled, toOwn, toPresence, withOwn, type PresenceRow } from './rules.ts'
import { createPresenceStore, type PresenceStore } from './store.ts'

type Input = Parsed<typeof presence.operations.setPresence>
type Teller = Pick<WriteContext, 'tell'>
const { ownPresenceChanged, presenceChanged } = presence.events

/** What became of people on this node. */
export interface Report {
  username: string
  now: 'here' | 'idle' | 'gone'
}

/** Tell what others see now, where that changed. */
function tellChange(ctx: Teller, before: PresenceRow, after: PresenceRow): void {
  if (after.rev > before.rev) ctx.tell(presenceChanged, after.username, toPresence(after))
}

type Folding = Pick<WriteContext, 'driver' | 'now' | 'tell'>

/** Fold anew what others see of these people. */
async function refoldRows(
  ctx: Folding,
  store: PresenceStore,
  rows: ReadonlyMap<string, PresenceRow>,
): Promise<void> {
  const devices = await store.devices([...rows.keys()])
  const changed: PresenceRow[] = []
  for (const [username, before] of rows) {
    const after = settled({ before }, { devices: devices.get(username), now: ctx.now })
    if (!differ(before, after)) continue
    changed.push(after)
    tellChange(ctx, before, after)
  }
  await store.save(changed, ctx.now)
}

/** The same for people by name. */
export async function refold(ctx: Folding, usernames: readonly string[]): Promise<void> {
  if (usernames.length === 0) return
  const store = createPresenceStore(ctx.driver)
  await refoldRows(ctx, store, await store.lock([...new Set(usernames)], ctx.now))
}

/** Who came to this node, went from it, or is at no device here any more: all of them in a few statements. */
export async function report(
  ctx: Folding & Pick<WriteContext, 'policy'>,
  reports: readonly Report[],
): Promise<void> {
  const store = createPresenceStore(ctx.driver)
  const last = new Map(reports.map((each) => [each.username, each.now]))
  const rows = await store.lock([...last.keys()], ctx.now)
  const here = [...last].filter(([username, now]) => now !== 'gone' && rows.has(username))
  const { nodeId } = ctx.policy
  await store.putNode(
    nodeId,
    here.map(([username, now]) => ({ username, idle: now === 'idle' })),
  )
  await store.dropNode(
    nodeId,
    [...last].flatMap(([username, now]) => (now === 'gone' ? [username] : [])),
  )
  await refoldRows(ctx, store, rows)
}

/** @throws CollabError `too_large` */
function checkData({ data }: Input, { limits }: Policy): void {
  if (!data || jsonBytes(data) <= limits.presenceDataBytes) return
  throw new CollabError('too_large', {
    details: { limit: 'presenceDataBytes', max: limits.presenceDataBytes, path: 'data' },
  })
}

interface OwnCall {
  username: string
  input: Input
  ctx: Pick<WriteContext, 'tell' | 'append' | 'now'>
}

/** What several people say of themselves, one after the other; answers in the same order. */
async function applyOwn(
  { driver, policy, now }: Pick<WriteContext, 'driver' | 'policy' | 'now'>,
  calls: readonly OwnCall[],
): Promise<(OwnPresence | CollabError)[]> {
  const store = createPresenceStore(driver)
  const names = [...new Set(calls.map(({ username }) => username))]
  const rows = await store.lock(names, now)
  const devices = await store.devices(names)
  const first = new Map(rows)
  const answers: (OwnPresence | CollabError)[] = []
  for (const { username, input, ctx } of calls) {
    const before = rows.get(username)
    if (!before) {
      answers.push(new CollabError('unauthenticated'))
      continue
    }
    try {
      checkData(input, policy)
    } catch (error) {
      // The one call is refused; the others go on.
      answers.push(error as CollabError)
      continue
    }
    const wanted = withOwn(before, input, now)
    const after = settled({ before, after: wanted }, { devices: devices.get(username), now })
    rows.set(username, after)
    tellChange(ctx, before, after)
    const own = toOwn(after, now)
    if (JSON.stringify(own) !== JSON.stringify(toOwn(before, now)))
      await ctx.append(ownPresenceChanged, username, own)
    answers.push(own)
  }
  const changed = [...rows.values()].filter((row) => differ(first.get(row.username)!, row))
  await store.save(changed, now)
  return answers
}

/** What one person says of themselves. */
export async function applyOne(
  ctx: Pick<WriteContext, 'driver' | 'policy' | 'now' | 'caller' | 'tell' | 'append'>,
  input: Input,
): Promise<OwnPresence> {
  const [answer] = await applyOwn(ctx, [{ username: ctx.caller.username, input, ctx }])
  if (!answer || answer instanceof CollabError) throw answer ?? new CollabError('unauthenticated')
  return answer
}

/** Many at once: a morning on which everybody comes in costs a few statements. */
export const setPresences: SetHandler<WriteContext> = async (ctx, calls): Promise<SetAnswer[]> => {
  const now = calls[0]?.now ?? ''
  const answers = await applyOwn(
    { driver: ctx.driver, policy: ctx.policy, now },
    calls.map(({ caller, input }) => ({
      username: caller.username,
      input: input as Input,
      ctx: ctx.as(caller, now),
    })),
  )
  return answers.map((answer) =>
    answer instanceof CollabError ? { error: answer } : { json: JSON.stringify(answer) },
  )
}
