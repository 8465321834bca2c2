import type { Chat, Message, SignIn } from '@collab-kit/protocol'
import { chatStream, CollabError, parseStreamKey } from '@collab-kit/protocol/runtime'
import { toInfo, toLimits, toMe, toUser } from './fixtures.ts'
import type { Answers, KeptChat, ScriptedCaller, ScriptedState } from './scripted-service.ts'

/** What a scripted service answers when nothing else is said. */
export function defaultAnswers(state: ScriptedState): Answers {
  return { ...accountAnswers(state), ...streamAnswers(state), ...chatAnswers(state) }
}

function accountAnswers(state: ScriptedState): Answers {
  let refreshes = 0
  const signIn = (username: string, displayName?: string, guest = false): SignIn => {
    const user = toMe({ ...(username === state.me.username && state.me), username, guest, role: guest ? 'guest' : 'user', ...(displayName !== undefined && { displayName }) })
    state.users.set(username, toUser(user))
    return {
      accessToken: `token:${username}`,
      refreshToken: `refresh:${username}:${++refreshes}`,
      expiresAt: new Date(Date.parse(state.now()) + (state.script.tokenLifeMs ?? 3_600_000)).toISOString(),
      user,
    }
  }
  return {
    'system.echo': ({ message }) => ({ message }),
    'system.getInfo': () => toInfo({ epoch: state.epoch, ...state.script.info }),
    'system.getLimits': () => toLimits(state.script.limits),
    'auth.register': ({ username, displayName }) => signIn(username, displayName),
    'auth.signIn': ({ username }) => signIn(username),
    'auth.continueAsGuest': ({ displayName }) => signIn(`guest-${++refreshes}`, displayName, true),
    'auth.refresh': ({ refreshToken }) => signIn(refreshToken.split(':')[1] ?? ''),
    'auth.renew': () => ({ tokenExpiresAt: new Date(Date.parse(state.now()) + (state.script.tokenLifeMs ?? 3_600_000)).toISOString() }),
    'auth.signOut': () => ({}),
    'users.getMe': (_input, { username }) => (username === state.me.username ? state.me : toMe(state.users.get(username) ?? { username })),
    'users.getUser': ({ username }) => state.users.get(username) ?? fail(),
    'users.getUsers': ({ usernames }) => ({ items: usernames.flatMap((name) => state.users.get(name) ?? []) }),
  }
}

function streamAnswers(state: ScriptedState): Answers {
  const headOf = (stream: string) => state.logs.get(stream)?.length ?? 0
  return {
    'streams.join': ({ stream }) => ({ stream, head: headOf(stream), epoch: state.epoch }),
    'streams.leave': () => ({}),
    'streams.resume': ({ epoch, heads: asked }) => {
      if (epoch !== state.epoch) throw new CollabError('epoch_changed')
      const streams = Object.keys(asked)
      return {
        epoch,
        heads: Object.fromEntries([...new Set([...streams, ...state.logs.keys()])].map((stream) => [stream, headOf(stream)])),
        behind: streams.filter((stream) => (asked[stream] ?? 0) < headOf(stream)),
        gone: streams.filter((stream) => parseStreamKey(stream)?.kind === 'chat' && !state.logs.has(stream) && !state.chats.has(parseStreamKey(stream)?.id[0] ?? '')),
        reset: streams.filter((stream) => (asked[stream] ?? 0) > headOf(stream)),
      }
    },
    'streams.readSince': ({ stream, seq, limit = 200 }) => ({
      events: (state.logs.get(stream) ?? []).slice(seq, seq + limit),
      head: headOf(stream),
      epoch: state.epoch,
    }),
  }
}

function chatAnswers(state: ScriptedState): Answers {
  const find = (chatId: string): KeptChat => state.chats.get(chatId) ?? fail()
  const view = (chatId: string, { username }: ScriptedCaller): Chat => {
    const { chat } = find(chatId)
    const membership = { role: 'member' as const, joinedAt: chat.createdAt, readNumber: chat.lastNumber, readSeq: chat.head, unread: 0 }
    return { membership, ...chat, head: state.logs.get(chatStream(chatId))?.length ?? 0, ...(username === '' && { membership: undefined }) }
  }
  return {
    'chat.getChat': ({ chatId }, caller) => view(chatId, caller),
    'chat.joinChat': ({ chatId }, caller) => view(chatId, caller),
    'chat.leaveChat': () => ({}),
    'chat.listChats': (_input, caller) => ({ items: [...state.chats.keys()].map((chatId) => view(chatId, caller)) }),
    'chat.readHistory': ({ chatId, before = Infinity, limit = 50 }) => {
      const older = find(chatId).messages.filter((message) => message.seq < before)
      const items = older.slice(-limit)
      return {
        items,
        head: state.logs.get(chatStream(chatId))?.length ?? 0,
        ...(older.length > items.length && { nextCursor: String(items[0]?.seq) }),
      }
    },
    'chat.sendMessage': ({ chatId = '', clientMessageId, body, data, replyTo, mentions = [] }, { username }): Message => {
      const kept = find(chatId)
      const known = kept.messages.find((each) => each.sender === username && each.clientMessageId === clientMessageId)
      return known ?? state.post(chatId, { sender: username, clientMessageId, body, mentions, ...(data && { data }), ...(replyTo !== undefined && { replyTo }) })
    },
    'chat.markRead': ({ chatId, seq }) => ({ readSeq: seq, readNumber: find(chatId).chat.lastNumber, unread: 0 }),
    'chat.setTyping': () => ({}),
  }
}

function fail(): never {
  throw new CollabError('not_found')
}
