import type { Driver } from '../../kernel/schema.ts'
import { prepared } from '../../kernel/statements.ts'

/** A chat that is being sent to, shared by all its senders of one run. */
export interface SendChat {
  chatId: string
  key: string
  lastNumber: number
  lastSeq: number
  lastAt: string
  /** More than membership decides who may send. */
  guarded: boolean
}

/** One who may send to a chat. */
export interface Recipient {
  chat: SendChat
  username: string
  readNumber: number
  readSeq: number
}

export interface MemberKey {
  chatId: string
  username: string
}
export interface SentKey {
  stream: string
  actor: string
  clientMessageId: string
}

/** Keys of the maps below. No part can hold a line break. */
export const keys = {
  member: (chatId: string, username: string): string => `${chatId}\n${username}`,
  sent: (stream: string, actor: string, clientMessageId: string): string =>
    `${stream}\n${actor}\n${clientMessageId}`,
}

/** The few statements that sending needs, as sets on PostgreSQL, as prepared statements on SQLite. */
export interface SendStore {
  /** Those pairs that are memberships. */
  recipients(pairs: readonly MemberKey[]): Promise<Map<string, Recipient>>
  /** Messages that were sent before under these ids, as JSON. */
  findSent(ids: readonly SentKey[]): Promise<Map<string, string>>
  /** Write the chats' last message and the senders' read marks. */
  saveProgress(recipients: readonly Recipient[]): Promise<void>
}

type Row = Record<string, unknown>

export function createSendStore(driver: Driver): SendStore {
  return driver.kind === 'sqlite' ? sqliteSendStore(driver) : postgresSendStore(driver)
}

const distinct = (pairs: readonly MemberKey[]): MemberKey[] => [
  ...new Map(pairs.map((pair) => [keys.member(pair.chatId, pair.username), pair])).values(),
]

const distinctChats = (recipients: readonly Recipient[]): SendChat[] => [
  ...new Set(recipients.map(({ chat }) => chat)),
]

/** Rows of `members` joined with `chats`, with one object per chat. */
function toRecipients(rows: readonly Row[]): Map<string, Recipient> {
  const chats = new Map<string, SendChat>()
  const recipients = new Map<string, Recipient>()
  for (const row of rows) {
    const chatId = String(row['chat_id'])
    let chat = chats.get(chatId)
    if (!chat) {
      chat = {
        chatId,
        key: String(row['key']),
        lastNumber: Number(row['last_number']),
        lastSeq: Number(row['last_seq']),
        lastAt: String(row['last_at']),
        guarded: Number(row['guarded']) > 0,
      }
      chats.set(chatId, chat)
    }
    const username = String(row['username'])
    recipients.set(keys.member(chatId, username), {
      chat,
      username,
      readNumber: Number(row['read_number']),
      readSeq: Number(row['read_seq']),
    })
  }
  return recipients
}

const RECIPIENT = `select members.chat_id, members.username, members.read_number, members.read_seq,
  chats.key, chats.last_number, chats.last_seq, chats.last_at, chats.guarded
  from members join chats on chats.chat_id = members.chat_id`

function sqliteSendStore({ raw }: Extract<Driver, { kind: 'sqlite' }>): SendStore {
  return {
    recipients(pairs) {
      const find = prepared(raw, `${RECIPIENT} where members.chat_id = ? and members.username = ?`)
      const rows = distinct(pairs).map(({ chatId, username }) => find.get(chatId, username))
      return Promise.resolve(toRecipients(rows.filter((row) => row !== undefined)))
    },
    findSent(ids) {
      const find = prepared(
        raw,
        'select data from log where stream = ? and actor = ? and client_message_id = ?',
      )
      const sent = new Map<string, string>()
      for (const { stream, actor, clientMessageId } of ids) {
        const row = find.get(stream, actor, clientMessageId)
        if (row) sent.set(keys.sent(stream, actor, clientMessageId), String(row['data']))
      }
      return Promise.resolve(sent)
    },
    saveProgress(recipients) {
      const chat = prepared(
        raw,
        'update chats set last_number = ?, last_seq = ?, last_at = ? where chat_id = ?',
      )
      for (const each of distinctChats(recipients)) {
        chat.run(each.lastNumber, each.lastSeq, each.lastAt, each.chatId)
      }
      const member = prepared(
        raw,
        'update members set read_number = ?, read_seq = ? where chat_id = ? and username = ?',
      )
      for (const each of recipients) {
        member.run(each.readNumber, each.readSeq, each.chat.chatId, each.username)
      }
      return Promise.resolve()
    },
  }
}

function postgresSendStore(driver: Extract<Driver, { kind: 'postgres' }>): SendStore {
  return {
    async recipients(pairs) {
      const wanted = distinct(pairs)
      const rows = await driver.query(
        `${RECIPIENT} join unnest($1::text[], $2::text[]) as wanted (chat_id, username)
         on members.chat_id = wanted.chat_id and members.username = wanted.username`,
        [wanted.map(({ chatId }) => chatId), wanted.map(({ username }) => username)],
      )
      return toRecipients(rows)
    },
    async findSent(ids) {
      const rows = await driver.query(
        `select log.stream, log.actor, log.client_message_id, log.data from log
         join unnest($1::text[], $2::text[], $3::text[]) as wanted (stream, actor, client_message_id)
         on log.stream = wanted.stream and log.actor = wanted.actor
         and log.client_message_id = wanted.client_message_id`,
        [
          ids.map(({ stream }) => stream),
          ids.map(({ actor }) => actor),
          ids.map(({ clientMessageId }) => clientMessageId),
        ],
      )
      return new Map(
        rows.map((row) => [
          keys.sent(String(row['stream']), String(row['actor']), String(row['client_message_id'])),
          String(row['data']),
        ]),
      )
    },
    async saveProgress(recipients) {
      const chats = distinctChats(recipients)
      if (chats.length === 0) return
      await driver.query(
        `update chats set last_number = moved.number, last_seq = moved.seq, last_at = moved.at
         from unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) as moved (chat_id, number, seq, at)
         where chats.chat_id = moved.chat_id`,
        [
          chats.map(({ chatId }) => chatId),
          chats.map(({ lastNumber }) => lastNumber),
          chats.map(({ lastSeq }) => lastSeq),
          chats.map(({ lastAt }) => lastAt),
        ],
      )
      await driver.query(
        `update members set read_number = moved.number, read_seq = moved.seq
         from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) as moved (chat_id, username, number, seq)
         where members.chat_id = moved.chat_id and members.username = moved.username`,
        [
          recipients.map(({ chat }) => chat.chatId),
          recipients.map(({ username }) => username),
          recipients.map(({ readNumber }) => readNumber),
          recipients.map(({ readSeq }) => readSeq),
        ],
      )
    },
  }
}
