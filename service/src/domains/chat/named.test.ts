import { isCollabError, type OutputOf, type SignIn } from '@collab-kit/protocol'
import { callByRest, unique } from '@collab-kit/protocol/conformance'
import { afterEach, expect, test } from 'vitest'
import { createTestService, type TestService } from '../../testing/service.ts'

let running: TestService | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})

/** What a guest and an account are answered when they choose the id of a chat. */
async function answers(createNamed: 'everyone' | 'accounts' | 'admins') {
  const { url } = (running = await createTestService({ engine: 'memory', createNamed }))
  const guest = await callByRest({ url }, 'auth.continueAsGuest', { displayName: 'Guest' })
  const account = await callByRest({ url }, 'auth.register', {
    username: unique('ann'),
    password: 'a password of one',
  })
  const choose = async ({ accessToken: token }: SignIn) => {
    const input = { kind: 'channel', chatId: unique('named') }
    try {
      return (await callByRest(
        { url, token },
        'chat.createChat',
        input,
      )) as OutputOf<'chat.createChat'>
    } catch (error) {
      if (isCollabError(error)) return error.code
      throw error
    }
  }
  return { guest: await choose(guest as SignIn), account: await choose(account as SignIn) }
}

test('accounts choose the ids of chats, and guests do not', async () => {
  const { guest, account } = await answers('accounts')
  expect(guest).toBe('forbidden')
  expect(account).toMatchObject({ membership: { role: 'owner' } })
})

test('where everyone does, a guest still owns nothing that has a name', async () => {
  const { guest } = await answers('everyone')
  expect(guest).toMatchObject({ membership: { role: 'member' } })
})

test('where only admins do, others are given ids', async () => {
  expect(await answers('admins')).toEqual({ guest: 'forbidden', account: 'forbidden' })
})
