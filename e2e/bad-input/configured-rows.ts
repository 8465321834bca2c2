import { expect } from 'vitest'
import { connectLink } from '../rig/link.ts'
import { createAccount } from '../rig/person.ts'
import { openRawSocket, signIn } from '../rig/raw-socket.ts'
import { startService } from '../rig/service-process.ts'
import { ask } from './http.ts'
import type { Row } from './row.ts'

/** Rows, or parts of them, that are about a setting: each against a service of its own. */
export const configuredRows: readonly Row[] = [
  {
    number: 34,
    sent: 'Long polling where it is off; the session of another connection',
    answered: '400, and the other connection goes on',
    async check({ service, raw, link, eve }) {
      const without = await startService({ env: { COLLAB_POLLING: 'off' } })
      try {
        expect(
          (await ask(without.port, { path: '/socket.io/?EIO=4&transport=polling' })).status,
        ).toBe(400)
        const person = await createAccount(without.url, 'ada')
        ;(await connectLink(without.url, person)).close()
      } finally {
        await without.close()
      }
      const own = await link()
      const socket = await raw()
      const { sid } = JSON.parse(socket.texts[0]!.slice(1)) as { sid: string }
      for (const [method, body] of [
        ['GET'],
        ['POST', '42["system.echo",{"message":"x"}]'],
      ] as const) {
        const path = `/socket.io/?EIO=4&transport=polling&sid=${sid}`
        expect(
          (await ask(service.port, { method, path, ...(body && { body }) })).status,
          method,
        ).toBe(400)
      }
      const intruder = await openRawSocket(service.port, {
        path: `/socket.io/?EIO=4&transport=websocket&sid=${sid}`,
      })
      await intruder.closed
      for (const guess of ['nothing', '../..', 'x'.repeat(1000), '__proto__']) {
        expect(
          (await ask(service.port, { path: `/socket.io/?EIO=4&transport=polling&sid=${guess}` }))
            .status,
          guess,
        ).toBe(400)
      }
      for (const query of [
        '',
        'EIO=3&transport=websocket',
        'EIO=4',
        'EIO=4&transport=nothing',
        'EIO=4&transport=__proto__',
        'EIO=99&transport=polling',
      ]) {
        expect((await ask(service.port, { path: `/socket.io/?${query}` })).status, query).toBe(400)
      }
      await socket.send('427["system.echo",{"message":"still here"}]')
      expect(await socket.next((text) => text.startsWith('437'))).toContain('still here')
      await own.call('system.echo', { message: 'still here' })
      const again = await openRawSocket(service.port)
      await signIn(again, eve.token)
      again.close()
    },
  },
]

/** The parts of rows 44 and 45 that need a proxy or a name. */
export const behindProxy: Row = {
  number: 44,
  sent: 'The same behind one proxy, and another `Host` than the `publicUrl`',
  answered: 'the last entry counts, forged ones before it do not; 421',
  async check() {
    const service = await startService({
      env: { COLLAB_TRUST_PROXY: '1', COLLAB_PUBLIC_URL: 'https://chat.example.com' },
    })
    const { port } = service
    try {
      const figures = (forwarded: string) =>
        ask(port, { path: '/metrics', headers: { 'x-forwarded-for': forwarded } }).then(
          ({ status }) => status,
        )
      expect(await figures('127.0.0.1')).toBe(200)
      expect(await figures('8.8.8.8')).toBe(404)
      expect(await figures('127.0.0.1, 8.8.8.8')).toBe(404)
      expect(await figures('127.0.0.1, 127.0.0.1, ::1, 8.8.8.8')).toBe(404)
      expect(await figures('8.8.8.8, 127.0.0.1')).toBe(200)
      for (const host of [
        'evil.example',
        'chat.example.com.evil.example',
        'chat.example.com:444',
      ]) {
        expect(
          (await ask(port, { path: '/api/v1/system/info', headers: { host } })).status,
          host,
        ).toBe(421)
        expect((await ask(port, { path: '/metrics', headers: { host } })).status, host).toBe(421)
      }
      for (const host of ['collab-1:4000', '10.0.0.7:4000', '[fd00::7]:4000']) {
        expect((await ask(port, { path: '/readyz', headers: { host } })).status, host).toBe(200)
        expect(
          (await ask(port, { path: '/api/v1/system/info', headers: { host } })).status,
          host,
        ).toBe(421)
      }
      expect(
        (await ask(port, { path: '/api/v1/system/info', headers: { host: 'chat.example.com' } }))
          .status,
      ).toBe(200)
      expect(service.slips()).toEqual([])
    } finally {
      await service.close()
    }
  },
}
