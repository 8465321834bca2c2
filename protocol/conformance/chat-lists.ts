import { expect } from 'vitest'
import { channel, directWith, joinAll, nextMoment, room, say } from './acts.ts'
import { unique } from './connect.ts'
import { count, rules } from './rule.ts'
import type { Peer, Target } from './target.ts'

/** Lists of chats and of members. */
export function listRules(target: Target): void {
  chats(target)
  membersByName(target)
}

interface Page {
  items: readonly object[]
  nextCursor?: string
}

/** Every item over all pages. */
async function all<P extends Page>(
  read: (cursor: object) => Promise<P>,
): Promise<P['items'][number][]> {
  const items: P['items'][number][] = []
  for (let page = await read({}); ; page = await read({ cursor: page.nextCursor })) {
    items.push(...page.items)
    if (page.nextCursor === undefined) return items
  }
}

function chats(target: Target): void {
  const rule = rules(target)

  rule('[CHAT-20] One’s chats come with the latest talk first', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const one = await channel(ada, { name: 'One' })
    await nextMoment(target, ada)
    const two = await channel(ada, { name: 'Two' })
    await nextMoment(target, ada)
    const pair = await directWith(ada, ben)
    await channel(ben, { name: 'Not hers' })
    await nextMoment(target, ada)
    const last = await say(ada, one.chatId, 'newest')
    await nextMoment(target, ada)
    const { items } = await ada.call('chat.listChats', {})
    expect(items.map(({ chatId }) => chatId)).toEqual([one.chatId, pair.chatId, two.chatId])
    expect(items[0]).toEqual(await ada.call('chat.getChat', { chatId: one.chatId }))
    expect(items[0]?.lastMessage).toEqual(last)
    await say(ben, pair.chatId, 'newer still')
    expect((await ada.call('chat.listChats', { limit: 1 })).items).toMatchObject([
      { chatId: pair.chatId, membership: { unread: 1 } },
    ])
    const kinds = (await ada.call('chat.listChats', { kinds: ['direct'] })).items
    expect(kinds.map(({ chatId }) => chatId)).toEqual([pair.chatId])
  })

  rule('[CHAT-20] Over pages of any size each chat comes once', async ({ peer }) => {
    const ada = await peer()
    // Made at once, so that many have the same moment.
    const made = await Promise.all(count(9).map(() => channel(ada)))
    const list = async (limit: number) => {
      const items = await all((cursor) => ada.call('chat.listChats', { limit, ...cursor }))
      return items.map((each) => (each as { chatId: string }).chatId)
    }
    const whole = await list(200)
    expect([...whole].sort()).toEqual(made.map(({ chatId }) => chatId).sort())
    for (const limit of [1, 2, 4, 9]) expect(await list(limit)).toEqual(whole)
  })

  rule('[CHAT-20] A room is on the list while one is in it', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await room(ada)
    const listed = async () =>
      (await ada.call('chat.listChats', { kinds: ['room'] })).items.map((each) => each.chatId)
    expect(await listed()).toEqual([])
    await joinAll(chatId, ada)
    expect(await listed()).toEqual([chatId])
    await ada.call('chat.leaveChat', { chatId })
    expect(await listed()).toEqual([])
  })
}

function membersByName(target: Target): void {
  rules(target)(
    '[CHAT-21] Members come by name, each once over pages of any size',
    async ({ peer, person }) => {
      const owner = await peer()
      const name = unique('m')
      const people = []
      for (const form of ['b', 'A', 'ä', 'a', 'Z', '_', '9', 'é', '李'])
        people.push(await person({ username: `${form}-${name}` }))
      const { chatId } = await channel(owner, { members: people.map(({ username }) => username) })
      const list = async (reader: Peer, limit: number) => {
        const items = await all((cursor) =>
          reader.call('chat.listMembers', { chatId, limit, ...cursor }),
        )
        return items.map((each) => (each as { username: string }).username)
      }
      const whole = await list(owner, 200)
      const sorted = [owner, ...people].map(({ username }) => username).sort()
      expect([...whole].sort()).toEqual(sorted)
      expect(whole).toEqual(sorted)
      for (const limit of [1, 2, 3, 7]) expect(await list(owner, limit)).toEqual(whole)
      const { total, items } = await owner.call('chat.listMembers', { chatId, limit: 2 })
      expect([total, items.length]).toEqual([10, 2])
    },
  )
}
