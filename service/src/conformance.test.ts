import {
  conformance,
  connectTarget,
  PASSWORD,
  callByRest,
  toTokens,
  unique,
} from '@collab-kit/protocol/conformance'
import { limitDefaults, type SignIn } from '@collab-kit/protocol'
import { afterAll, beforeAll, describe } from 'vitest'
import { createTestService, engines, type TestService } from './testing/service.ts'

/** The defaults, but for the people that the rules themselves make. */
const limits = { ...limitDefaults, signInsPerMinute: 100_000 }

// Every rule of PROTOCOL.md on every engine, by socket and by REST.
describe.each(engines)('on %s', (engine) => {
  let running: TestService
  beforeAll(async () => {
    running = await createTestService({ engine, limits })
  })
  afterAll(() => running?.close())

  for (const transport of ['socket', 'rest'] as const) {
    conformance(
      connectTarget({
        name: engine,
        transport,
        get url() {
          return running.url
        },
        limits,
        ...(engine === 'cluster' && {
          nodes: () => running.nodes(),
          settle: () => running.settle(),
        }),
        ...(engine !== 'file' && { advance: (ms: number) => running.clock!.advance(ms) }),
        restart: engine === 'memory' ? undefined : () => running.restart(),
        async admin() {
          const username = unique('admin')
          await running.addAdmin(username, PASSWORD)
          return toTokens(
            (await callByRest(running, 'auth.signIn', { username, password: PASSWORD })) as SignIn,
          )
        },
      }),
    )
  }
})
