import { callByRest } from '@collab-kit/protocol/conformance'
import { isCollabError } from '@collab-kit/protocol'
import { afterEach, expect, test } from 'vitest'
import { createTestService, type TestService } from '../testing/service.ts'

let running: TestService | undefined
afterEach(() => running?.close())

const PER_MINUTE = 3

/** Comes in as a guest; resolves to what it was refused with. */
const enter = async (service: TestService): Promise<unknown> =>
  callByRest(service, 'auth.continueAsGuest', { displayName: 'Ann' }).then(
    () => 'ok',
    (error: unknown) => {
      if (!isCollabError(error)) throw error
      return { code: error.code, details: error.details }
    },
  )

test('a trusted address signs in as often as it likes', async () => {
  running = await createTestService({ engine: 'memory', limits: { signInsPerMinute: PER_MINUTE } })
  for (let n = 0; n < PER_MINUTE * 4; n++) expect(await enter(running)).toBe('ok')
})

test('any other has so many sign-ins a minute, and is told which limit that is', async () => {
  const limits = { signInsPerMinute: PER_MINUTE, trustedIps: [] }
  running = await createTestService({ engine: 'memory', limits })
  // A guest counts half.
  for (let n = 0; n < PER_MINUTE * 2; n++) expect(await enter(running)).toBe('ok')
  const refused = {
    code: 'rate_limited',
    details: { limit: 'signInsPerMinute', max: PER_MINUTE },
  }
  expect(await enter(running)).toEqual(refused)
  await running.clock!.advance(60_000 / PER_MINUTE / 2)
  expect(await enter(running)).toBe('ok')
  expect(await enter(running)).toEqual(refused)
})

test('who is signed in guesses no faster at the passwords of others', async () => {
  const limits = { signInsPerMinute: PER_MINUTE, trustedIps: [] }
  running = await createTestService({ engine: 'memory', limits })
  const { accessToken: token } = (await callByRest(running, 'auth.continueAsGuest', {
    displayName: 'Ann',
  })) as { accessToken: string }
  const guess = () =>
    callByRest({ url: running!.url, token }, 'auth.signIn', { username: 'ben', password: 'guess' })
  const codes: string[] = []
  for (let n = 0; n <= PER_MINUTE; n++)
    codes.push(
      await guess().then(
        () => 'ok',
        (error: unknown) => (isCollabError(error) ? error.code : String(error)),
      ),
    )
  expect(codes).toEqual(['unauthenticated', 'unauthenticated', 'rate_limited', 'rate_limited'])
})
