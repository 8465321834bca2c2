import type { ReadContext } from './context.ts'
import { askDatabaseTime } from './database-time.ts'

type Base = Pick<ReadContext, 'db' | 'driver' | 'now'>

export interface Lease {
  name: string
  /** The node that holds it. */
  holder: string
  ms: number
}

/**
 * Take or keep a lease. Answers its fence: it grows whenever the lease changes hands, so that what a former holder still
 * does can be told from what the present one does. Nothing while another node holds it.
 */
export async function takeLease(ctx: Base, lease: Lease): Promise<number | undefined> {
  const { name, holder, ms } = lease
  const time = await askDatabaseTime(ctx)
  const row = await ctx.db
    .insertInto('leases')
    .values({ name, holder, fence: 1, expires_at: time + ms })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet(({ eb, ref }) => ({
          holder,
          fence: eb
            .case()
            .when(ref('leases.holder'), '=', holder)
            .then(ref('leases.fence'))
            .else(eb(ref('leases.fence'), '+', 1))
            .end(),
          expires_at: time + ms,
        }))
        .where(({ eb, or, ref }) =>
          or([eb(ref('leases.holder'), '=', holder), eb(ref('leases.expires_at'), '<=', time)]),
        ),
    )
    .returning('fence')
    .executeTakeFirst()
  return row?.fence
}

/** Give a lease back before its time; its fence goes on growing. */
export async function endLease({ db }: Base, { name, holder }: Omit<Lease, 'ms'>): Promise<void> {
  await db
    .updateTable('leases')
    .set({ expires_at: 0 })
    .where('name', '=', name)
    .where('holder', '=', holder)
    .execute()
}

/**
 * Whether a job that all nodes begin is to be done in this transaction: of all that ask within `ms`, one. What it does in
 * the same transaction happens once or not at all.
 */
export async function takeTurn(
  ctx: Base & Pick<ReadContext, 'newId'>,
  { name, ms }: Omit<Lease, 'holder'>,
): Promise<boolean> {
  return (await takeLease(ctx, { name: `job:${name}`, holder: ctx.newId(), ms })) !== undefined
}

/** Who holds leases whose name begins so. */
export async function holdersOf(ctx: Base, prefix: string): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom('leases')
    .select('holder')
    .where('name', '>=', prefix)
    .where('name', '<', `${prefix}\u{10FFFF}`)
    .where('expires_at', '>=', await askDatabaseTime(ctx))
    .execute()
  return rows.map(({ holder }) => holder)
}
