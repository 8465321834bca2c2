import type { InputOf, SignIn } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Rest } from '../calls/rest.ts'
import { memoryStorage } from '../storage/memory.ts'
import type { CollabStorage } from '../storage/storage.ts'
import { toMe } from '../testing/fixtures.ts'
import { OwnSignIn, type OwnSignInOptions } from './own-sign-in.ts'

const signal = new AbortController().signal
let storage: CollabStorage
let refreshes: (InputOf<'auth.refresh'> & { commandId?: string })[]
let refused: CollabError | undefined
let issued: number

const pair = (username = 'ann'): SignIn => {
  issued++
  return {
    accessToken: `access-${issued}`,
    refreshToken: `r${issued}`,
    expiresAt: '2026-01-01T01:00:00Z',
    user: toMe({ username }),
  }
}

/** A service that gives a new pair for the newest refresh token, and ends the sign-in for an older one. */
const rest: Rest = async (name, input) => {
  if (name === 'auth.signIn') return pair((input as InputOf<'auth.signIn'>).username) as never
  const call = input as InputOf<'auth.refresh'> & { commandId?: string }
  refreshes.push(call)
  if (refused) throw refused
  const known = refreshes.find(
    (each) => each.refreshToken === call.refreshToken && each.commandId === call.commandId,
  )
  if (call.refreshToken !== `r${issued}` && known === call) throw new CollabError('token_revoked')
  return pair() as never
}

const own = (options: Partial<OwnSignInOptions> = {}) =>
  new OwnSignIn({
    rest,
    storage,
    key: `k${Math.random()}`,
    mayRemember: async () => true,
    ...options,
  })

beforeEach(() => {
  storage = memoryStorage()
  refreshes = []
  refused = undefined
  issued = 0
})

describe('an own sign-in', () => {
  it('is nobody before anybody signed in', async () => {
    expect(await own().get('initial', signal)).toBeUndefined()
    expect(await own().remembered()).toBeUndefined()
  })

  it('[AUTH-6] is remembered over a reload by its refresh token alone', async () => {
    await own({ key: 'k' }).take(pair())
    expect(JSON.stringify(await storage.entries(''))).not.toContain('access-1')
    const reloaded = own({ key: 'k' })
    expect(await reloaded.remembered()).toBe('ann')
    expect(await reloaded.get('initial', signal)).toMatchObject({ token: 'access-2' })
    expect(refreshes).toMatchObject([{ refreshToken: 'r1' }])
  })

  it('stays in the page when the service does not want it remembered', async () => {
    const here = own({ key: 'k', mayRemember: async () => false })
    await here.take(pair())
    expect(await storage.entries('')).toEqual([])
    expect(await here.get('refresh', signal)).toMatchObject({ token: 'access-2' })
  })

  it('[AUTH-8] exchanges a token by the id that was kept with it, so that a lost answer is no theft', async () => {
    await own({ key: 'k' }).take(pair())
    refused = new CollabError('unavailable')
    await expect(own({ key: 'k' }).get('initial', signal)).rejects.toMatchObject({
      code: 'unavailable',
    })
    refused = undefined
    await own({ key: 'k' }).get('initial', signal)
    expect(refreshes[0]).toEqual(refreshes[1])
    expect(refreshes[0]?.commandId).toMatch(/^[a-z0-9]{26}$/)
    await own({ key: 'k' }).get('refresh', signal)
    expect(refreshes[2]?.commandId).not.toBe(refreshes[0]?.commandId)
  })

  it('[AUTH-7] is refreshed by one tab at a time, each with the newest token', async () => {
    await own({ key: 'k' }).take(pair())
    const tabs = Array.from({ length: 5 }, () => own({ key: 'k' }))
    const tokens = await Promise.all(tabs.map((tab) => tab.get('initial', signal)))
    expect(tokens.map((token) => token?.token)).toEqual([
      'access-2',
      'access-3',
      'access-4',
      'access-5',
      'access-6',
    ])
    expect(refreshes.map(({ refreshToken }) => refreshToken)).toEqual([
      'r1',
      'r2',
      'r3',
      'r4',
      'r5',
    ])
  })

  it('is forgotten when its refresh token is refused', async () => {
    const here = own({ key: 'k' })
    await here.take(pair())
    refused = new CollabError('token_revoked')
    expect(await here.get('refresh', signal)).toBeUndefined()
    expect(await here.remembered()).toBeUndefined()
  })

  it('is forgotten by a page that never reached the service, and with what another tab exchanged', async () => {
    await own({ key: 'k' }).take(pair())
    await own({ key: 'k' }).signOut()
    expect(await own({ key: 'k' }).remembered()).toBeUndefined()
    const here = own({ key: 'k' })
    await here.take(pair())
    await own({ key: 'k' }).get('initial', signal)
    await here.signOut()
    expect(await own({ key: 'k' }).remembered()).toBeUndefined()
  })

  it('is not kept up by a page that only read of it, once another tab has forgotten it', async () => {
    await own({ key: 'k' }).take(pair())
    const here = own({ key: 'k' })
    expect(await here.remembered()).toBe('ann')
    await own({ key: 'k' }).signOut()
    expect(await here.get('initial', signal)).toBeUndefined()
  })

  it('stays forgotten when its token is exchanged only after that', async () => {
    await own({ key: 'k' }).take(pair())
    let answer = () => {}
    const asked = new Promise<void>((resolve) => (answer = resolve))
    const here = own({
      key: 'k',
      rest: async (...call) => {
        await asked
        return rest(...call)
      },
    })
    const got = here.get('initial', signal)
    await here.signOut()
    answer()
    expect(await got).toBeUndefined()
    expect(await own({ key: 'k' }).remembered()).toBeUndefined()
  })

  it('keeps what another tab signed in with meanwhile', async () => {
    const here = own({ key: 'k' })
    await here.take(pair('ann'))
    await own({ key: 'k' }).take(pair('ben'))
    await here.signOut()
    expect(await here.remembered()).toBe('ben')
  })

  it('that the service ended leaves what the same person signed in with on another tab', async () => {
    const here = own({ key: 'k' })
    await here.take(pair())
    await own({ key: 'k' }).take(pair())
    await here.forget()
    expect(await here.remembered()).toBe('ann')
    await here.get('refresh', signal)
    await here.forget()
    expect(await here.remembered()).toBeUndefined()
  })

  it('signs in with credentials, again when its refresh token is refused, and keeps nothing', async () => {
    const here = own({ key: 'k', credentials: { username: 'bot', password: 'secret' } })
    expect(await here.get('initial', signal)).toMatchObject({ token: 'access-1' })
    expect(await here.get('refresh', signal)).toMatchObject({ token: 'access-2' })
    refused = new CollabError('token_expired')
    expect(await here.get('refresh', signal)).toMatchObject({ token: 'access-3' })
    expect(await storage.entries('')).toEqual([])
  })

  it('takes a record that is none for nothing', async () => {
    await storage.set('k', { refreshToken: 7 })
    expect(await own({ key: 'k' }).get('initial', signal)).toBeUndefined()
  })
})
