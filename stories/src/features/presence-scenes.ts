import type { CollabClient } from '@collab-kit/client'
import { type Script, toPresence } from '@collab-kit/client/testing'
import type { Presence, User } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { minutesAgo } from '../scripted/clock.ts'
import { Scene, scenes, until, type World } from '../scripted/index.ts'

// Who is here in the stories of the elements that show people.

type Given = Partial<Presence> & { username: string }

const team: readonly Given[] = [
  { username: 'ben', status: 'Reviewing the release notes', since: minutesAgo(240) },
  { username: 'chidi', state: 'dnd', status: 'In a meeting', since: minutesAgo(55) },
  { username: 'noa', since: minutesAgo(120), data: { role: 'Design' } },
  { username: 'mina', state: 'away', since: minutesAgo(20) },
  { username: 'yuki', state: 'offline', lastSeenAt: minutesAgo(25) },
]

const FOREVER = () => new Promise<never>(() => {})

const here = (people: readonly Given[], script: Script = {}): Scene =>
  new Scene({ script: { ...script, people } })

/** Five people, each here in another way. */
export const filled = here(team)

/** Connected, and nobody says who is here. */
export const loading = filled.with({
  unready: true,
  before({ service }) {
    service.answer('presence.subscribe', FOREVER)
    service.answer('presence.getOwnPresence', FOREVER)
  },
})

/** Nobody else is there. */
export const empty = here([])

/** Names and status texts nobody plans for. */
export const longContent = here([
  {
    username: 'maximiliane',
    status:
      'On the night train to the coast with a connection that comes and goes, so do write and I will read it in the morning',
  },
  { username: 'chidi', state: 'dnd', status: 'Donaudampfschifffahrtsgesellschaftskapitänspatent' },
  ...team.slice(2),
])

const FIRST = ['Ada', 'Bo', 'Cleo', 'Dai', 'Eva', 'Finn', 'Gus', 'Hana', 'Ivo', 'Jo']
const LAST = ['Stone', 'Rivers', 'Hill', 'Field', 'Marsh', 'Woods', 'Lake']
const STATES = ['available', 'away', 'offline', 'dnd'] as const

const crowd = (
  count: number,
): { people: Given[]; users: (Partial<User> & { username: string })[] } => ({
  people: Array.from({ length: count }, (_, index) => ({
    username: `person-${index}`,
    state: STATES[index % STATES.length] ?? 'available',
    since: minutesAgo(count - index),
    ...(index % 6 === 0 && { status: 'Writing' }),
    ...(index % 4 === 2 && { lastSeenAt: minutesAgo(index + 1) }),
  })),
  users: Array.from({ length: count }, (_, index) => ({
    username: `person-${index}`,
    displayName: `${FIRST[index % FIRST.length]} ${LAST[Math.floor(index / FIRST.length) % LAST.length]} ${index}`,
    guest: false,
  })),
})

/** More than anybody looks at one by one. */
export const many = (({ people, users }) => here(people, { users }))(crowd(500))

/** Beyond what a place tells one by one. */
export const audience = (({ people, users }) =>
  here(people, { users }).with({
    before({ service }) {
      service.answer('presence.subscribe', () => ({
        items: [],
        audience: { chatId: 'lobby', online: 1234, total: 5000 },
      }))
      service.answer('presence.listAudience', ({ cursor, limit = 50 }) => {
        const first = Number(cursor ?? 0)
        const items = people.slice(first, first + limit).map((each) => toPresence(each))
        const next = first + limit
        return { items, online: 1234, ...(next < people.length && { nextCursor: `${next}` }) }
      })
    },
  }))(crowd(120))

const refusing = (code: Parameters<typeof scenes.refusal>[0]): Scene =>
  filled.with({
    before: ({ service }) => void service.answer('presence.subscribe', scenes.refusal(code)),
  })

/** Who is here is not for everybody to see. */
export const forbidden = refusing('forbidden')
/** There is no such place. */
export const notFound = refusing('not_found')
/** The service does not let this page in. */
export const error = filled.with({
  before: ({ service }) => service.refuse(new CollabError('origin_denied').toJSON()),
})
/** Nobody is signed in. */
export const authRequired = filled.with({ as: 'nobody' })

async function lose({ service }: World, isLost: () => boolean): Promise<void> {
  service.refuse()
  service.drop()
  await until(isLost, 'the connection is lost')
}

/** No network: what was known last stays. */
export const offline = filled.with({
  wish: { backoffMinMs: 20, backoffMaxMs: 1e8 },
  after: (world: World, client: CollabClient) => lose(world, () => client.status === 'offline'),
})
/** The connection broke and is being mended. */
export const reconnecting = filled.with({
  wish: { backoffMinMs: 1e8, backoffMaxMs: 1e8 },
  after: (world: World, client: CollabClient) =>
    lose(world, () => client.status === 'reconnecting'),
})

/** Both directions in names and status texts. */
export const mixed = here([
  { username: 'noa', status: 'בבית קפה ☕ until 5' },
  { username: 'mina', state: 'away', status: 'في الطريق (on the way)' },
  { username: 'yuki', status: '会議中' },
  { username: 'ben' },
])

/** What somebody looks like whose picture is known. */
export const PICTURE =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"%3E%3Crect width="8" height="8" fill="%23d9774b"/%3E%3Ccircle cx="4" cy="3.2" r="1.6" fill="%23fff"/%3E%3Cpath d="M1 8a3 3 0 0 1 6 0" fill="%23fff"/%3E%3C/svg%3E'

/** One of them has a picture. */
export const pictured = here(team, {
  users: [{ username: 'ben', displayName: 'Ben Lindqvist', guest: false, picture: PICTURE }],
})
