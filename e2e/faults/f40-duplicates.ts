import { isDeepStrictEqual } from 'node:util'
import { connectLink, Refused, type Link } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { assert, assertNothing, goesOn, type Fault, type Size } from './fault.ts'
import { withScene } from './scene.ts'
import { readStored } from './stored.ts'
import { hashOf } from './history.ts'

/** Messages of one round, all under way at once. */
const ROUND = 20

/** Every message is sent three times at once, on two sockets. */
export const duplicates: Fault = {
  id: 'F40',
  name: 'duplicates',
  promise:
    'A message that is sent three times at once on two sockets is stored once and acknowledged three times alike',
  cycles: { whole: 100, small: 5 },
  run: (size) =>
    withScene({ senders: 0, watchers: 1 }, async (scene) => {
      await scene.start()
      const { url } = scene.service
      const person = await createGuest(url)
      const links = [await connectLink(url, person), await connectLink(url, person)] as const
      await links[0].call('chat.joinChat', { chatId: 'lobby' })
      const sent = await rounds(links, size)
      const conflicts = await otherBodies(links[1], sent)
      await scene.end('SIGTERM')
      const { rows } = readStored(scene.dataDir)
      const stored = rows.filter(({ id }) => id !== undefined)
      const places = (id: string) => stored.filter((row) => row.id === id).length
      assertNothing(
        'messages that are not stored exactly once',
        [...sent].filter((id) => places(id) !== 1),
      )
      assert(stored.length === sent.size, `${stored.length} rows of ${sent.size} messages`)
      assertNothing(
        'bodies that are not the first one',
        stored.filter(({ id, hash }) => hash !== hashOf(bodyOf(id!))),
      )
      return {
        messages: sent.size,
        'sends of each': 3,
        sockets: 2,
        'rows of each': 1,
        'other body, refused': conflicts,
      }
    }),
}

const bodyOf = (id: string): string => `the body of ${id}`

async function rounds([first, second]: readonly [Link, Link], size: Size): Promise<Set<string>> {
  const ids = new Set<string>()
  const since = performance.now()
  for (let round = 0; goesOn(size, round, since); round++) {
    const fresh = Array.from({ length: ROUND }, (_, n) => `m-${round}-${n}`)
    for (const id of fresh) ids.add(id)
    const answers = await Promise.all(
      fresh.map((id) => {
        const input = { chatId: 'lobby', clientMessageId: id, body: bodyOf(id) }
        const [one, other] = size.random.chance(0.5) ? [first, second] : [second, first]
        return Promise.all([one, one, other].map((link) => link.call('chat.sendMessage', input)))
      }),
    )
    assertNothing(
      'messages with unequal acknowledgements',
      answers.filter(([a, b, c]) => !isDeepStrictEqual(a, b) || !isDeepStrictEqual(a, c)),
    )
  }
  return ids
}

/** The same id with another body is refused, and changes nothing. */
async function otherBodies(link: Link, ids: ReadonlySet<string>): Promise<number> {
  const refusals = await Promise.all(
    [...ids].slice(0, 20).map((id) =>
      link
        .call('chat.sendMessage', { chatId: 'lobby', clientMessageId: id, body: 'something else' })
        .then(
          () => 'accepted',
          (error: unknown) => (error instanceof Refused ? error.code : String(error)),
        ),
    ),
  )
  assertNothing(
    'answers to another body',
    refusals.filter((each) => each !== 'idempotency_conflict'),
  )
  return refusals.length
}
