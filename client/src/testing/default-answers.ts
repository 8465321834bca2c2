import type { Chat, Message, SignIn } from '@collab-kit/protocol'
import { chatStream, CollabError, parseStreamKey } from '@collab-kit/protocol/runtime'
import { toInfo, toLimits, toMe, toUser } from './fixtures.ts'
import { readHistory } from './history.ts'
import type { Answers, KeptChat, ScriptedState } from './script.ts'

/** What a scripted service answers when nothing else is said. */
export function defaultAnswers(state: ScriptedState): Answers {
  return { ...accountAnswers(state), ...streamAnswers(state), ...chatAnswers(state) }
}

function accountAnswers(state: ScriptedState): Answers {
  let refreshes = 0
  const signIn = (username: string, displayName?: string, guest = false): SignIn => {
    const user = toMe({
      ...(username === state.me.username && state.me),
      username,
      guest,
      role: guest ? 'guest' : 'user',
      ...(displayName !== undefined && { displayName }),
    })
    state.users.set(username, toUser(user))
    return {
      accessToken: `token:${username}`,
      refreshToken: `refresh:${username}:${++refreshes}`,
      expiresAt: new Date(
        Date.parse(state.now()) + (state.script.tokenLifeMs ?? 3_600_000),
      ).toISOString(),
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
    'auth.renew': () => ({
      tokenExpiresAt: new Date(
        Date.parse(state.now()) + (state.script.tokenLifeMs ?? 3_600_000),
      ).toISOString(),
    }),
    'auth.signOut': () => ({}),
    'users.getMe': (_input, { username }) =>
      username === state.me.username ? state.me : toMe(state.users.get(username) ?? { username }),
    'users.getUser': ({ username }) => state.users.get(username) ?? fail(),
    'users.getUsers': ({ usernames }) => ({
      items: usernames.flatMap((name) => state.users.get(name) ?? []),
    }),
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
        heads: Object.fromEntries(
          [...new Set([...streams, ...state.logs.keys()])].map((stream) => [
            stream,
            headOf(stream),
          ]),
        ),
        behind: streams.filter((stream) => (asked[stream] ?? 0) < headOf(stream)),
        gone: streams.filter(
          (stream) =>
            parseStreamKey(stream)?.kind === 'chat' &&
            !state.logs.has(stream) &&
            !state.chats.has(parseStreamKey(stream)?.id[0] ?? ''),
        ),
        reset: streams.filter((stream) => (asked[stream] ?? 0) > headOf(stream)),
      }
    },
    'streams.readSince': ({ stream, seq, limit = 200 }) => ({
      events: state.logs.get(stream)?.slice(seq, seq + limit) ?? [],
      head: headOf(stream),
      epoch: state.epoch,
    }),
  }
}

function chatAnswers(state: ScriptedState): Answers {
  const find = (chatId: string): KeptChat => state.chats.get(chatId) ?? fail()
  const headOf = (chatId: string) => state.logs.get(chatStream(chatId))?.length ?? 0
  const view = (chatId: string, username: string): Chat =>
    viewOf(find(chatId), headOf(chatId), username)
  return {
    'chat.getChat': ({ chatId }, { username }) => view(chatId, username),
    'chat.joinChat': ({ chatId }, { username }) => view(chatId, username),
    'chat.leaveChat': () => ({}),
    'chat.listChats': (_input, { username }) => ({
      items: [...state.chats.keys()].map((chatId) => view(chatId, username)),
    }),
    'chat.readHistory': (input) => {
      const { messages } = find(input.chatId)
      const limits = toLimits(state.script.limits)
      return readHistory({ messages, head: headOf(input.chatId), limits }, input)
    },
    'chat.sendMessage': ({ chatId = '', to: _to, commandId: _id, ...input }, { username }) => {
      const kept = find(chatId)
      const known = kept.messages.added.find(
        ({ sender, clientMessageId }) =>
          sender === username && clientMessageId === input.clientMessageId,
      )
      if (known) return known
      const sent = state.post(chatId, { ...defined(input), sender: username, body: input.body })
      kept.marks.set(username, { readSeq: sent.seq, readNumber: sent.number })
      return sent
    },
    'chat.markRead': ({ chatId, seq }, { username }) => {
      const { chat, messages, marks, unread } = find(chatId)
      const head = headOf(chatId)
      if (seq > head)
        throw new CollabError('invalid_cursor', { details: { reason: 'cursor_ahead', head } })
      const last = messages.at(messages.count((message) => message.seq <= seq) - 1)
      const before = marks.get(username) ?? unread ?? { readSeq: 0, readNumber: 0 }
      // A mark never moves back.
      const mark = seq > before.readSeq ? { readSeq: seq, readNumber: last?.number ?? 0 } : before
      marks.set(username, mark)
      return { ...mark, unread: chat.lastNumber - mark.readNumber }
    },
    'chat.setTyping': () => ({}),
  }
}

/** Without the fields that are `undefined`. */
const defined = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<
    Message & T
  >

/** Everybody is a member who has read everything, unless the script or a mark says otherwise. */
function viewOf({ chat, marks, unread }: KeptChat, head: number, username: string): Chat {
  const { createdAt: joinedAt, lastNumber } = chat
  const mark = marks.get(username) ?? unread ?? { readSeq: head, readNumber: lastNumber }
  const membership = {
    role: 'member' as const,
    joinedAt,
    ...mark,
    unread: Math.max(0, lastNumber - mark.readNumber),
  }
  return { membership, ...chat, head }
}

function fail(): never {
  throw new CollabError('not_found')
}
