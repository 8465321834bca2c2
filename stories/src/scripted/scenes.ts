import type { Message } from '@collab-kit/protocol'
import { CollabError } from '@collab-kit/protocol/runtime'
import { toMessage } from '@collab-kit/client/testing'
import type { ScriptedChat } from '@collab-kit/client/testing'
import { minutesAgo } from './clock.ts'
import { Scene, until } from './scene.ts'
import {
  correctedTalk,
  type Line,
  longTalk,
  mixedTalk,
  numberedLine,
  numberedTalk,
  teamTalk,
} from './talk.ts'
import { LOBBY, type World } from './world.ts'

const lobby = (messages: readonly Line[], more: Partial<ScriptedChat> = {}): ScriptedChat => ({
  chatId: LOBBY,
  name: 'Onboarding',
  topic: 'The new first minutes',
  memberCount: 12,
  messages,
  ...more,
})

const chatWith = (messages: readonly Line[], more?: Partial<ScriptedChat>): Scene =>
  new Scene({ script: { chats: [lobby(messages, more)] } })

const FOREVER = () => new Promise<never>(() => {})
/** An answer that refuses. */
export const refusal = (code: ConstructorParameters<typeof CollabError>[0]) => () => {
  throw new CollabError(code)
}

/** A talk under way. */
export const filled = chatWith(teamTalk)

/** Nobody has written yet. */
export const empty = chatWith([])

/** Connected, and the messages do not come. */
export const loading = filled.with({
  unready: true,
  before: ({ service }) => void service.answer('chat.getChat', FOREVER),
})

/** Texts nobody plans for. */
export const longContent = chatWith(longTalk, {
  name: 'A channel with a name that goes on for very much longer than any header is wide',
  topic:
    'And a topic which does the same, because nobody stops people from writing whatever they like here',
  memberCount: 12_345,
})

/** As many messages as a chat holds, all of them loaded. */
const HELD = 600
export const many = chatWith(numberedTalk(HELD)).with({
  async after(_world, client) {
    const messages = () => client.store.getState().chats[LOBBY]?.messages.length ?? 0
    while (messages() < HELD) {
      const before = messages()
      await client.chat(LOBBY).loadOlder()
      await until(() => messages() > before, 'older messages arrive')
    }
  },
})

const HUNDRED_THOUSAND = 100_000

/** A hundred thousand, made page by page as somebody asks for them. */
export const manyByPaging = chatWith([]).with({
  before({ service }) {
    const all = HUNDRED_THOUSAND
    const membership = {
      role: 'member' as const,
      joinedAt: minutesAgo(all * 3),
      readNumber: all,
      readSeq: all,
      unread: 0,
    }
    const chat = () => ({
      chatId: LOBBY,
      kind: 'channel' as const,
      visibility: 'public' as const,
      historyVisibility: 'all' as const,
      name: 'Everything since the beginning',
      createdAt: minutesAgo(all * 3),
      memberCount: 12,
      lastNumber: all,
      head: all,
      membership,
      permissions: ['join' as const, 'send' as const],
    })
    service.answer('chat.getChat', chat)
    service.answer('chat.joinChat', chat)
    service.answer('streams.readSince', () => ({ events: [], head: all, epoch: 'epoch-1' }))
    service.answer('chat.readHistory', ({ before = all + 1, limit = 50 }) => {
      const first = Math.max(1, before - limit)
      const items = numbered(first, before - 1)
      return { items, head: all, ...(first > 1 && { nextCursor: String(first) }) }
    })
  },
})

const numbered = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    toMessage({
      chatId: LOBBY,
      seq: from + index,
      ...numberedLine(from + index, HUNDRED_THOUSAND),
    }),
  )

/** One may read and not write. */
export const readonly = chatWith(teamTalk, { name: 'Announcements', permissions: ['join'] })

/** Something was sent while nobody could take it. */
async function lose(world: World, isLost: () => boolean): Promise<void> {
  world.service.refuse()
  world.service.drop()
  await until(isLost, 'the connection is lost')
}

/** What was lost ten seconds ago is told at once. */
const LONG_LOST = { behindMs: 10_000 }

/** No network, and two messages wait for it. */
export const offline = filled.with({
  // Three attempts in a row make it offline; they follow each other faster than in life.
  wish: { ...LONG_LOST, backoffMinMs: 20, backoffMaxMs: 1e8 },
  async after(world, client) {
    await lose(world, () => client.status === 'offline')
    const chat = client.chat(LOBBY)
    chat.send('Sent from the tunnel')
    chat.send('and one more')
  },
})

/** The connection broke and is being mended. */
export const reconnecting = filled.with({
  // The first attempt is far away: it stays as it is.
  wish: { ...LONG_LOST, backoffMinMs: 1e8, backoffMaxMs: 1e8 },
  after: (world, client) => lose(world, () => client.status === 'reconnecting'),
})

/** What breaks stays broken: the next attempt is far away. */
export const reconnectingLater = filled.with({
  wish: { ...LONG_LOST, backoffMinMs: 1e8, backoffMaxMs: 1e8 },
})

/** Nobody is signed in. */
export const authRequired = filled.with({ as: 'nobody' })

/** The chat is private. */
export const forbidden = filled.with({
  before({ service }) {
    service.answer('chat.getChat', refusal('forbidden'))
    service.answer('chat.readHistory', refusal('forbidden'))
  },
})

/** There is no such chat. */
export const notFound = new Scene({ script: {} })

/** The service does not let this page in. */
export const refused = filled.with({
  before: ({ service }) => service.refuse(new CollabError('origin_denied').toJSON()),
})

/** Both directions in names, texts and the chat's own name. */
export const mixed = chatWith(mixedTalk, {
  name: 'Blue Room غرفة الاجتماعات',
  topic: 'תיאום (coordination)',
})

/** Nine messages came since the last visit. */
export const unread = new Scene({
  script: {
    chats: [
      lobby(teamTalk, {
        membership: {
          role: 'member',
          joinedAt: minutesAgo(20_000),
          readNumber: 6,
          readSeq: 6,
          unread: 9,
        },
      }),
    ],
  },
})

/** A hundred and eighty came, more than is loaded at once. */
export const unreadFarAbove = chatWith(numberedTalk(220), {
  membership: {
    role: 'member',
    joinedAt: minutesAgo(20_000),
    readNumber: 40,
    readSeq: 40,
    unread: 180,
  },
})

/** A service that takes short messages only. */
export const tight = new Scene({
  script: { chats: [lobby(teamTalk)], limits: { messageBytes: 64 } },
})

/** Much lies before what is shown. */
export const history = chatWith(numberedTalk(220))

/** One message was refused, one is on its way. */
export const failed = filled.with({
  async after({ service }, client) {
    const chat = client.chat(LOBBY)
    const accept = service.answer('chat.sendMessage', refusal('forbidden'))
    chat.send('This one was refused, and it is long enough to wrap in a narrow column.')
    const pending = () => client.store.getState().chats[LOBBY]?.pending ?? []
    await until(() => pending().some(({ state }) => state === 'failed'), 'a message is refused')
    accept()
    service.answer('chat.sendMessage', FOREVER)
    chat.send('This one is on its way')
    await until(() => pending().some(({ state }) => state === 'sending'), 'the other one waits')
  },
})

/** Ben is writing. */
export const typing = filled.with({
  async after(world, client) {
    world.peer('ben').types()
    await until(
      () => Boolean(client.store.getState().chats[LOBBY]?.typing.includes('ben')),
      'Ben is writing',
    )
  },
})

/** Messages that were changed or taken back. */
export const corrected = chatWith(correctedTalk)

/** Twelve people, one of each colour. */
const TWELVE = {
  sven: 'Sven Berg',
  ada: 'Ada Obi',
  ines: 'Inês Rocha',
  bela: 'Béla Nagy',
  dele: 'Dele Ade',
  yara: 'Yara Haddad',
  kai: 'Kai Mäkinen',
  sami: 'Sami Aalto',
  amir: 'Amir Karimi',
  kofi: 'Kofi Mensah',
  daria: 'Daria Nowak',
  carla: 'Carla Conti',
}

/** Everybody says a word, and one of them a link. */
export const everyone = new Scene({
  script: {
    users: Object.entries(TWELVE).map(([username, displayName]) => ({ username, displayName })),
    chats: [
      lobby(
        Object.keys(TWELVE).map((sender, index) => ({
          sender,
          body: index % 4 === 3 ? 'See https://example.com/notes' : 'Here I am.',
          createdAt: minutesAgo(90 - index * 7),
        })),
        { name: 'Everyone', topic: 'One of each colour' },
      ),
    ],
  },
})

/** A talk of two. */
export const direct = new Scene({
  script: {
    chats: [
      {
        chatId: LOBBY,
        kind: 'direct',
        visibility: 'private',
        memberCount: 2,
        members: ['ann', 'ben'],
        messages: teamTalk.filter(({ sender }) => sender === 'ann' || sender === 'ben'),
      },
    ],
  },
})
