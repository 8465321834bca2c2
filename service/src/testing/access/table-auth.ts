import type { CallerKind } from './callers.ts'
import { about, another, deleted, disabled, nobody, people } from './table-people.ts'
import { always, plain, type Row, type Setting, type Table } from './row.ts'
import { PASSWORD, unique } from './stage.ts'

type AuthTable = Pick<Table, Extract<keyof Table, `auth.${string}`>>

/** What is open to everybody is asked for by nobody and by somebody. */
const FEW: readonly CallerKind[] = ['anonymous', 'user']
const PERSONS: readonly CallerKind[] = ['guest', 'user', 'admin', 'acting']

const withPassword = async ({ stage }: Setting) => {
  const username = await stage.person()
  await stage.setPassword(username)
  return username
}

/** A sign-in of a guest: the token that renews it, and another of the same. */
async function refreshToken({ stage }: Setting): Promise<string> {
  const guest = await stage.act({ caller: undefined }, 'auth.continueAsGuest', {
    displayName: 'Guest',
  })
  return guest.refreshToken
}

async function usedRefreshToken(setting: Setting): Promise<string> {
  const token = await refreshToken(setting)
  await setting.stage.act({ caller: undefined }, 'auth.refresh', { refreshToken: token })
  return token
}

async function endedRefreshToken({ stage }: Setting): Promise<string> {
  const caller = { caller: undefined }
  const guest = await stage.act(caller, 'auth.continueAsGuest', { displayName: 'Guest' })
  await stage.act('anybody', 'auth.revokeTokens', { username: guest.user.username })
  return guest.refreshToken
}

const refreshing = (token: (setting: Setting) => Promise<string>): Row<'auth.refresh'> =>
  plain(async (setting) => ({ refreshToken: await token(setting) }), { only: FEW })

/** The caller's sign-in on another device, for those who have any. */
const otherDevice = async ({ stage, actor }: Setting) =>
  actor.kind === 'user' || actor.kind === 'acting'
    ? (await stage.signIn(actor.username)).signInId
    : actor.caller?.signInId && !actor.caller.scopes
      ? actor.caller.signInId
      : unique('absent')
const othersDevice = async (setting: Setting) =>
  (await setting.stage.signIn(await another(setting))).signInId

const newerToken = async ({ stage, actor }: Setting): Promise<string> =>
  actor.kind === 'user' || actor.kind === 'acting'
    ? (await stage.signIn(actor.username)).token
    : (actor.credentials.token ?? 'no token')

const apiKey = async ({ stage }: Setting) => (await stage.key(['users:read'])).apiKey

export const authTable: AuthTable = {
  'auth.register': {
    'a free name': plain(() => ({ username: unique('new'), password: PASSWORD }), { only: FEW }),
    'a taken name': about(another, (username) => ({ username, password: PASSWORD }), { only: FEW }),
    'a name that the service gives out': plain(
      () => ({ username: unique('guest'), password: PASSWORD }),
      { only: FEW },
    ),
    'the id of an API key': about(apiKey, (username) => ({ username, password: PASSWORD }), {
      only: FEW,
    }),
    'the name `system`': plain({ username: 'system', password: PASSWORD }, { only: FEW }),
    'where registration is closed': plain(() => ({ username: unique('new'), password: PASSWORD }), {
      only: ['anonymous'],
      alone: { registration: 'closed' },
    }),
  },
  'auth.signIn': {
    'the right password': about(withPassword, (username) => ({ username, password: PASSWORD }), {
      only: FEW,
    }),
    'another password': about(withPassword, (username) => ({ username, password: 'another one' }), {
      only: FEW,
      hidden: true,
    }),
    'an account without one': about(another, (username) => ({ username, password: PASSWORD }), {
      only: FEW,
      hidden: true,
    }),
    'a disabled person': about(
      async (setting) => {
        const username = await withPassword(setting)
        await setting.stage.act('anybody', 'users.disableUser', { username })
        return username
      },
      (username) => ({ username, password: PASSWORD }),
      { only: FEW, hidden: true },
    ),
    nobody: about(nobody, (username) => ({ username, password: PASSWORD }), {
      only: FEW,
      hidden: true,
    }),
  },
  'auth.continueAsGuest': {
    '—': plain({ displayName: 'Guest' }, { only: FEW }),
    'where there are no guests': plain(
      { displayName: 'Guest' },
      { only: ['anonymous'], alone: { guests: 'off' } },
    ),
  },
  'auth.refresh': {
    'a token': refreshing(refreshToken),
    'a used token': refreshing(usedRefreshToken),
    'of an ended sign-in': refreshing(endedRefreshToken),
    'no such token': refreshing(() => Promise.resolve(unique('token'))),
  },
  'auth.renew': {
    'a token of oneself': plain(async (setting) => ({ token: await newerToken(setting) }), {
      only: ['anonymous', ...PERSONS],
    }),
    "another's token": plain(async ({ stage }) => ({
      token: (await stage.signIn(await stage.person())).token,
    })),
    'a token of an ended sign-in': plain(async ({ stage, actor }) => {
      const username = actor.kind === 'user' ? actor.username : await stage.person()
      const { token, signInId } = await stage.signIn(username)
      const caller = { username, role: 'user', signInId } as const
      await stage.act({ caller }, 'auth.signOut', {})
      return { token }
    }),
  },
  'auth.signOut': always({}, { fresh: true }),
  'auth.changePassword': {
    'the right password': plain(
      async ({ stage, actor }) => {
        if (PERSONS.includes(actor.kind) && actor.kind !== 'guest')
          await stage.setPassword(actor.username)
        return { currentPassword: PASSWORD, newPassword: `another ${PASSWORD}` }
      },
      { fresh: true },
    ),
    'another password': plain(
      async ({ stage, actor }) => {
        if (PERSONS.includes(actor.kind)) await stage.setPassword(actor.username)
        return { currentPassword: 'not this one', newPassword: PASSWORD }
      },
      { fresh: true },
    ),
  },
  'auth.listSignIns': {
    'one that has ended': {
      ...about(
        async ({ stage, actor: { username } }: Setting) => {
          const { signInId } = await stage.signIn(username)
          const caller = { username, role: 'user', signInId } as const
          await stage.act({ caller }, 'auth.signOut', {})
          return signInId
        },
        () => ({}),
        { shows: ({ items }, id) => items.some((each) => each.id === id) },
      ),
      only: ['user', 'acting'],
    },
    own: about(otherDevice, () => ({}), {
      shows: ({ items }, id) => items.some((each) => each.id === id),
    }),
    "another's": about(othersDevice, () => ({}), {
      shows: ({ items }, id) => items.some((each) => each.id === id),
    }),
  },
  'auth.revokeSignIn': {
    own: about(otherDevice, (id) => ({ id }), { fresh: true }),
    "another's": about(othersDevice, (id) => ({ id }), { hidden: true }),
    absent: about(nobody, (id) => ({ id }), { hidden: true }),
  },
  'auth.issueToken': {
    'a new name': about(nobody, (username) => ({ username })),
    'an account of the service': about(another, (username) => ({ username })),
    'one with a password': about(withPassword, (username) => ({ username })),
    'a guest': about(
      ({ stage }) => stage.actor('guest').then(({ username }) => username),
      (username) => ({ username }),
    ),
    'an admin': about(
      ({ stage }) => stage.actor('admin').then(({ username }) => username),
      (username) => ({ username }),
    ),
    'a disabled person': about(disabled, (username) => ({ username })),
    deleted: about(deleted, (username) => ({ username })),
    'a name that the service gives out': plain(() => ({ username: unique('guest') })),
    'the id of an API key': about(apiKey, (username) => ({ username })),
  },
  'auth.revokeTokens': {
    ...people((username) => ({ username })),
    oneself: about(
      ({ actor }) => actor.username || 'oneself',
      (username) => ({ username }),
      { fresh: true },
    ),
  },
  'auth.createApiKey': {
    'for `users:read`': plain({ name: 'Backend', scopes: ['users:read'] }),
    'for everything': plain({ name: 'Backend', scopes: ['*'] }),
  },
  'auth.listApiKeys': {
    another: about(apiKey, () => ({}), {
      shows: ({ items }, id) => items.some((each) => each.id === id),
    }),
  },
  'auth.revokeApiKey': {
    another: about(apiKey, (id) => ({ id })),
    absent: about(nobody, (id) => ({ id })),
  },
  'auth.listAudit': always({}),
}
