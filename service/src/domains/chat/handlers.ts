import { chat, chatStream, userStream, type Message } from '@collab-kit/protocol'
import { isPerson, type Caller, type Edge, type ReadContext } from '../../kernel/context.ts'
import { mayGlobally } from '../../kernel/access.ts'
import { holdersOf, takeTurn } from '../../kernel/leases.ts'
import { implement, staged } from '../../kernel/module.ts'
import { chatAccess, grantedChat, visibleChat } from './access.ts'
import { noted, writeReading } from './audit.ts'
import { readHistory } from './history.ts'
import { importedMessages, importMessages } from './import.ts'
import { listChats, listMembers } from './lists.ts'
import { admit, dismiss, makeChat } from './membership.ts'
import {
  addMembers,
  banMember,
  muteMember,
  removeMember,
  unbanMember,
  unmuteMember,
} from './moderation.ts'
import { addPeople, ensureDirect } from './people.ts'
import { getPermissions, removePermissions, setMemberRole, setPermissions } from './permissions.ts'
import { personal } from './personal.ts'
import { createRooms } from './rooms.ts'
import { endVisit, endVisits, endVisitsOfOthers, visit } from './visits.ts'
import {
  directId,
  hiddenUpTo,
  isOpen,
  isReservedChatId,
  nextReadMark,
  peopleOf,
  seqOfMessage,
} from './rules.ts'
import { sendChecked, sendMessages } from './send.ts'
import { removeChat, setName, setTopic } from './settings.ts'
import { findChat, findMember, isMessage, membershipsOf, moveReadMark, numberAt } from './store.ts'
import { chatView, membershipView } from './views.ts'

type Operations = typeof chat.operations
const { readMarked, readMoved, typingChanged } = chat.events

/** Most members of a chat in which read marks are told to all. */
const READ_MARK_AUDIENCE = 100

const createChat = staged<Operations['createChat']>()({
  prepare: (edge) => ({ id: edge.newId() }),
  async handle(ctx, input, { id }) {
    const {
      kind,
      chatId,
      name,
      topic,
      historyVisibility,
      members = [],
      // A room has no members to be invited: one comes in by finding it.
      visibility = kind === 'room' ? 'public' : 'private',
    } = input
    if (chatId !== undefined && !mayGlobally(ctx, 'create_named'))
      ctx.fail('forbidden', { reason: 'create_named' })
    if (chatId !== undefined && isReservedChatId(chatId)) ctx.fail('already_exists', { chatId })
    if (kind === 'room' && members.length > 0) {
      ctx.fail('invalid_payload', { reason: 'not_in_rooms', path: 'members' })
    }
    const made = await makeChat(ctx, {
      chat_id: chatId ?? id,
      kind,
      visibility,
      history_visibility: historyVisibility ?? 'all',
      name: name ?? null,
      topic: topic ?? null,
      created_by: ctx.caller.username,
    })
    if (!made) {
      const access = input.ifExists === 'return' ? await visibleChat(ctx, chatId!) : undefined
      return access ? chatView(ctx, access.row.chat) : ctx.fail('already_exists', { chatId })
    }
    if (kind === 'channel') {
      // What has a chosen name outlives a guest.
      const owns = chatId === undefined || ctx.caller.role !== 'guest'
      if (isPerson(ctx.caller))
        await admit(ctx, made, { username: ctx.caller.username, role: owns ? 'owner' : 'member' })
      await addPeople(ctx, made, peopleOf(ctx.caller, members))
    }
    return chatView(ctx, (await findChat(ctx.db, made.chat_id))!)
  },
  complete: (_edge, _input, view) => view,
})

const joinChat = staged<Operations['joinChat']>()({
  async handle(ctx) {
    const { chat: row, mine } = grantedChat(ctx)
    if (row.kind === 'direct' && !mine) ctx.fail('forbidden', { reason: 'direct_chats_are_fixed' })
    // From now on they read as a member, which is noted no more.
    if (!mine && !isOpen(row) && ctx.caller.role === 'admin')
      await ctx.audit('chat.join_private', row.chat_id)
    if (row.kind === 'room' && ctx.caller.connectionId === undefined)
      ctx.fail('connection_required')
    if (row.kind === 'room') await visit(ctx, row.chat_id)
    if (!mine) await admit(ctx, row, { username: ctx.caller.username })
    return chatView(ctx, (await findChat(ctx.db, row.chat_id))!)
  },
  complete(edge, _input, view) {
    if (view.kind === 'room') edge.local(createRooms).enter(edge, view.chatId)
    return view
  },
})

const leaveChat = staged<Operations['leaveChat']>()({
  async handle(ctx) {
    const { chat: row, mine } = grantedChat(ctx)
    if (row.kind === 'direct') ctx.fail('forbidden', { reason: 'direct_chats_are_fixed' })
    if (mine) await dismiss(ctx, row, ctx.caller.username)
    await endVisits(ctx.db, row.chat_id, ctx.caller.username)
    return {}
  },
  complete(edge, { chatId }) {
    edge.local(createRooms).leave(edge.caller.username, chatId)
    return {}
  },
})

const getChat = noted<Operations['getChat']>((ctx) => {
  const { chat: row, mine } = grantedChat(ctx)
  return chatView(ctx, row, mine)
})

const setTyping = staged<Operations['setTyping']>()({
  handle: () => ({}),
  complete(edge, { chatId, typing }) {
    edge.tell(typingChanged, chatId, { chatId, username: edge.caller.username, typing })
    return {}
  },
})

/** Whether the caller sees this message of the chat. */
async function quotable(
  ctx: Pick<ReadContext, 'db' | 'caller'>,
  chatId: string,
  messageId: string,
): Promise<boolean> {
  const row = await findChat(ctx.db, chatId)
  const seq = row && seqOfMessage(row.key, messageId)
  if (!row || seq === undefined) return false
  const mine = await findMember(ctx.db, chatId, ctx.caller.username)
  const reader = ctx.caller.username
  return seq > hiddenUpTo(row, mine) && (await isMessage(ctx.db, { chatId, reader, seq }))
}

const personStreams = (caller: Caller, usernames: readonly string[]): string[] =>
  peopleOf(caller, usernames).map(userStream)

export const chatModule = implement(chat, {
  handlers: {
    createChat,
    async openDirect(ctx, { usernames }) {
      return chatView(ctx, await ensureDirect(ctx, usernames))
    },
    getChat,
    listChats,
    joinChat,
    leaveChat,
    listMembers: noted<Operations['listMembers']>(listMembers),
    async sendMessage(ctx, input) {
      const chatId = input.chatId ?? (await ensureDirect(ctx, input.to ?? [])).chat_id
      if (input.replyTo !== undefined && !(await quotable(ctx, chatId, input.replyTo))) {
        ctx.fail('not_found', { path: 'replyTo', messageId: input.replyTo })
      }
      const call = { caller: ctx.caller, input: { ...input, chatId }, now: ctx.now }
      const [answer] = await sendChecked(ctx, [call])
      if (!answer || answer === 'one_by_one')
        return ctx.fail('forbidden', { reason: 'not_a_member' })
      if ('error' in answer) throw answer.error
      return JSON.parse(answer.json) as Message
    },
    readHistory: noted<Operations['readHistory']>(readHistory),
    async markRead(ctx, { chatId, seq }) {
      const { chat: row, mine } = grantedChat(ctx)
      const head = await ctx.head(chatStream(chatId))
      if (seq > head) ctx.fail('invalid_cursor', { reason: 'cursor_ahead', path: 'seq', head })
      const before = { readSeq: mine!.read_seq, readNumber: mine!.read_number }
      const mark = nextReadMark(before, { seq, number: await numberAt(ctx.db, chatId, seq) }, head)
      const after = {
        ...mine!,
        read_seq: (mark ?? before).readSeq,
        read_number: (mark ?? before).readNumber,
      }
      const { unread } = await membershipView(ctx, row, after)
      if (mark) {
        await moveReadMark(ctx.db, { chatId, username: ctx.caller.username, ...mark })
        await ctx.append(readMoved, ctx.caller.username, { chatId, ...mark, unread })
        if (row.member_count <= READ_MARK_AUDIENCE) {
          ctx.tell(readMarked, chatId, { chatId, username: ctx.caller.username, ...mark })
        }
      }
      return { ...(mark ?? before), unread }
    },
    setTyping,
    addMembers,
    removeMember,
    setMemberRole,
    muteMember,
    unmuteMember,
    banMember,
    unbanMember,
    getPermissions: noted<Operations['getPermissions']>(getPermissions),
    setPermissions,
    removePermissions,
    setName,
    setTopic,
    removeChat,
  },
  personal,
  access: { chatId: chatAccess },
  resource: {
    sendMessage: ({ chatId }: { chatId?: string }) => chatId,
  },
  streams: {
    createChat: ({ chatId, members = [] }: { chatId?: string; members?: string[] }, caller) => [
      ...(chatId === undefined ? [] : [chatStream(chatId)]),
      ...personStreams(caller, members),
    ],
    addMembers: ({ chatId, usernames }: { chatId: string; usernames: string[] }) => [
      chatStream(chatId),
      ...usernames.map(userStream),
    ],
    openDirect: ({ usernames }: { usernames: string[] }, caller) => [
      chatStream(directId(peopleOf(caller, usernames))),
      ...personStreams(caller, usernames),
    ],
    sendMessage: ({ chatId, to }: { chatId?: string; to?: string[] }, caller) =>
      to === undefined
        ? [chatStream(chatId ?? '')]
        : [chatStream(directId(peopleOf(caller, to))), ...personStreams(caller, to)],
  },
  order: ({ chatId }: { chatId?: string }) =>
    chatId === undefined ? undefined : chatStream(chatId),
  sets: { sendMessage: sendMessages },
  internal: {
    /** A chat of the configuration, made once. */
    async ensureChat(ctx, { chatId, kind, visibility, name, topic }) {
      const made = await makeChat(ctx, {
        chat_id: String(chatId),
        kind: kind === 'room' ? 'room' : 'channel',
        visibility: visibility === 'private' ? 'private' : 'public',
        name: name === undefined ? null : String(name),
        topic: topic === undefined ? null : String(topic),
      })
      return { made: made !== undefined }
    },
    /** Whoever is in a room from no node that lives is out of it. */
    async sweepRooms(ctx, { ms }) {
      if (ms !== undefined && !(await takeTurn(ctx, { name: 'sweepRooms', ms: Number(ms) }))) return
      const alive = await holdersOf(ctx, 'node:')
      // After an outage of the database nobody has a lease: whoever has none judges nobody by theirs.
      if (!alive.includes(ctx.policy.nodeId)) return
      const abandoned = await endVisitsOfOthers(ctx.db, alive)
      for (const { chat_id: chatId, username } of abandoned) {
        if (!(await findMember(ctx.db, chatId, username))) continue
        await dismiss(ctx, (await findChat(ctx.db, chatId))!, username)
      }
    },
    importMessages: (ctx, input) =>
      importMessages(ctx, input as Parameters<typeof importMessages>[1]),
    noteReading: (ctx, input) => writeReading(ctx, input as Parameters<typeof writeReading>[1]),
    /** The person's last connection to this node is gone. */
    async leaveRoom(ctx, { chatId, username }) {
      if (await endVisit(ctx, String(chatId), String(username))) return
      const row = await findChat(ctx.db, String(chatId))
      const mine = row && (await findMember(ctx.db, row.chat_id, String(username)))
      if (row?.kind === 'room' && mine) await dismiss(ctx, row, mine.username)
    },
  },
  lookups: {
    importedMessages: (ctx, input) =>
      importedMessages(ctx, input as Parameters<typeof importedMessages>[1]),
    /** Streams of these people's memberships. */
    async membershipsOf({ db }, { usernames }) {
      const people = usernames as string[]
      const rows = await membershipsOf(db, people)
      const streams = new Map<string, string[]>(people.map((each) => [each, []]))
      for (const row of rows) streams.get(row.username)?.push(chatStream(row.chat_id))
      return { memberships: [...streams] }
    },
  },
  disconnected: (edge: Edge, connection) => edge.local(createRooms).disconnected(edge, connection),
})
