import { PROTOCOL_VERSION, system } from '@collab-kit/protocol'
import { REMEMBERED_MS } from '../../kernel/idempotency.ts'
import { endLease, takeLease, takeTurn } from '../../kernel/leases.ts'
import { implement, staged } from '../../kernel/module.ts'

const { echoed } = system.events

/** A node that was not heard of for this long is dead. */
const NODE_MS = 10_000
/** A job that every node begins each hour is done by one of them. */
const TURN_MS = 3_000_000

export const systemModule = implement(system, {
  handlers: {
    echo: staged<typeof system.operations.echo>()({
      handle: (_ctx, { message }) => ({ message }),
      complete(edge, _input, reply) {
        edge.connection?.tell(echoed, reply)
        return reply
      },
    }),
    getInfo: ({ policy, now }) => ({
      name: 'collab-kit' as const,
      protocol: PROTOCOL_VERSION,
      epoch: policy.epoch,
      serverTime: now,
      ...policy.info,
    }),
    getLimits: ({ policy }) => policy.limits,
  },
  internal: {
    /** Shows that a commit goes through. */
    async probe({ db, now }) {
      await db
        .insertInto('meta')
        .values({ key: 'probed_at', value: now })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: now }))
        .execute()
    },
    /** Says that this node is there; without it the others take it for dead when the lease has ended. */
    async keepNode(ctx) {
      const { nodeId } = ctx.policy
      await takeLease(ctx, { name: `node:${nodeId}`, holder: nodeId, ms: NODE_MS })
    },
    async endNode(ctx) {
      const { nodeId } = ctx.policy
      await endLease(ctx, { name: `node:${nodeId}`, holder: nodeId })
    },
    /** Forget replies that are remembered long enough. */
    async forgetReplies(ctx) {
      if (!(await takeTurn(ctx, { name: 'forgetReplies', ms: TURN_MS }))) return
      const { db, now } = ctx
      const before = new Date(Date.parse(now) - REMEMBERED_MS).toISOString()
      await db.deleteFrom('commands').where('at', '<', before).execute()
    },
  },
})
