import {
  conformance,
  connectPeer,
  connectTarget,
  onSeen,
  PASSWORD,
  callByRest,
  toTokens,
  unique,
  type Target,
} from '@collab-kit/protocol/conformance'
import { events, limitDefaults, operations, type SignIn } from '@collab-kit/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asyncApiDocument, openApiDocument } from './reference-documents.ts'
import { ReferenceCheck } from './testing/reference-check.ts'
import { createTestService, engines, type TestService } from './testing/service.ts'

/** The defaults, but for the people that the rules themselves make: they are a crowd sooner. */
const limits = { ...limitDefaults, signInsPerMinute: 100_000, presenceAudience: 6 }

// Every rule of PROTOCOL.md on every engine, by socket and by REST.
describe.each(engines)('on %s', (engine) => {
  let running: TestService
  beforeAll(async () => {
    running = await createTestService({ engine, limits })
  })
  afterAll(() => running?.close())
  // What goes over the wire is the same on every engine.
  const reference = engine === 'memory' ? watchReference() : undefined

  for (const transport of ['socket', 'rest'] as const) {
    const target = connectTarget({
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
    })
    conformance(target)
    if (reference) unasked(target)
  }

  if (reference) replay(reference)
})

/** Holds everything that the rules send and receive against the documents. */
function watchReference(): ReferenceCheck {
  const check = new ReferenceCheck({ openApi: openApiDocument(), asyncApi: asyncApiDocument() })
  let stop: () => void
  beforeAll(() => {
    stop = onSeen((seen) => check.take(seen))
  })
  afterAll(() => stop())
  return check
}

/** What no rule asks for, so that all of the documents is seen. */
function unasked(target: Target): void {
  test(`accounts are looked after by ${target.transport} while a backend listens`, async () => {
    const admin = await target.person({ admin: true })
    const { username } = await target.person()
    const scopes = ['events:read', 'streams:read']
    const { id, secret } = await admin.call('auth.createApiKey', { name: 'Listener', scopes })
    const backend = await connectPeer(target, { apiKey: id, secret })
    await backend.call('streams.join', { stream: 'service' })
    const live = await admin.connect()
    await live.raw('streams.createTicket', {})
    await admin.call('users.updateUser', { username, displayName: 'Ada' })
    await admin.call('users.setRole', { username, role: 'admin' })
    await admin.call('users.disableUser', { username })
    await admin.call('users.enableUser', { username })
    await admin.call('users.deleteUser', { username })
    await backend.until(({ name }) => name === 'users.userRemoved')
    expect(backend.violations).toEqual([])
    await Promise.all([admin.close(), backend.close()])
  })
}

/** Last of all: what the rules have shown. */
function replay({ seen, violations }: ReferenceCheck): void {
  describe('the documents', () => {
    test('fit every request, reply and event of the rules', () => {
      expect([...violations]).toEqual([])
    })

    test('describe operations that the rules have seen to go well, by every transport', () => {
      const declared = [...operations.values()].flatMap(({ name, rest, before }) => [
        ...(rest === null ? [] : [`rest ${name}`]),
        ...(before === undefined ? [`socket ${name}`] : []),
      ])
      expect([...declared, 'rest events'].filter((each) => !seen.has(each))).toEqual([])
    })

    test('describe events that the rules have seen', () => {
      const declared = [...events.keys()].map((name) => `event ${name}`)
      expect(declared.filter((each) => !seen.has(each))).toEqual([])
    })
  })
}
