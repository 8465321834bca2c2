import { limitDefaults } from '@collab-kit/protocol'
import { expect } from 'vitest'
import type { Row } from './row.ts'

const sized = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) })

/** Played last: it uses up what a person may ask for. */
export const presenceRows: readonly Row[] = [
  {
    number: 27,
    sent: 'Presence data of 1 KiB and 1 byte, that is no object; 1,000 changes at once',
    answered:
      '`too_large`; `invalid_payload`; `rate_limited`, and nobody is told of what changes nothing',
    async check({ link, refuses }) {
      const own = await link()
      const max = limitDefaults.presenceDataBytes
      expect(await refuses('presence.setPresence', { data: sized(max + 1) })).toMatchObject({
        code: 'too_large',
        details: { limit: 'presenceDataBytes', max, path: 'data' },
      })
      for (const data of [[], 'text', 1, true])
        expect(await refuses('presence.setPresence', { data })).toMatchObject({
          code: 'invalid_payload',
          details: { path: 'data' },
        })
      const before = await own.call('presence.getOwnPresence', {})
      const codes = new Set<string>()
      // A slow machine gives back what is used up while it asks.
      for (let sent = 0; sent < 1000 || (sent < 20_000 && !codes.has('rate_limited')); sent += 50)
        await Promise.all(
          Array.from({ length: 50 }, async () => {
            const reply = await own.emit('presence.setPresence', { state: before.state })
            const { ok, error } = reply as { ok: boolean; error?: { code: string } }
            codes.add(ok ? 'ok' : (error?.code ?? ''))
          }),
        )
      expect(codes).toEqual(new Set(['ok', 'rate_limited']))
    },
  },
]
