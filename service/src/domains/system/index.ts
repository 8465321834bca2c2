import { PROTOCOL_VERSION, system } from '@collab-kit/protocol'
import { REMEMBERED_MS } from '../../kernel/idempotency.ts'
import { implement, staged } from '../../kernel/module.ts'

const { echoed } = system.events

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
    /** Forget replies that are remembered long enough. */
    async forgetReplies({ db, now }) {
      const before = new Date(Date.parse(now) - REMEMBERED_MS).toISOString()
      await db.deleteFrom('commands').where('at', '<', before).execute()
    },
  },
})
