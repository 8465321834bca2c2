import { DatabaseSync } from 'node:sqlite'
import { connectTarget, PASSWORD, type Target } from '@collab-kit/protocol/conformance'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigSchema } from '../../config.ts'
import { systemClock } from '../../kernel/clock.ts'
import { sqliteFile } from '../../database.ts'
import { createDatabase, startNode, type TestDatabase } from '../../testing/service.ts'

/** Everything that is in a database, as text. */
async function dump(config: TestDatabase['config']): Promise<string> {
  if (config.databaseUrl === undefined) {
    const raw = new DatabaseSync(sqliteFile(ConfigSchema.parse(config))!, { readOnly: true })
    const tables = raw.prepare("select name from sqlite_master where type = 'table'").all()
    const rows = tables.map(({ name }) => raw.prepare(`select * from "${String(name)}"`).all())
    raw.close()
    return JSON.stringify(rows)
  }
  const client = new pg.Client({ connectionString: config.databaseUrl })
  await client.connect()
  const tables = await client.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  )
  const rows: unknown[] = []
  for (const { name } of tables.rows)
    rows.push((await client.query(`select * from "${name}"`)).rows)
  await client.end()
  return JSON.stringify(rows)
}

describe.each(['file', 'postgres'] as const)('a person who is gone, on %s', (engine) => {
  let database: TestDatabase
  let node: Awaited<ReturnType<typeof startNode>>
  let target: Target
  const start = async () => {
    const config = ConfigSchema.parse({
      host: '127.0.0.1',
      port: 0,
      registration: 'open',
      logLevel: 'silent',
      ...database.config,
    })
    node = await startNode({ config, clock: systemClock, openBus: undefined })
    const { trustedIps: _ips, ...limits } = config.limits
    const url = `http://127.0.0.1:${node.port}`
    target = connectTarget({ name: engine, transport: 'socket', url, limits })
  }
  beforeAll(async () => {
    database = await createDatabase(engine)
    await start()
  })
  afterAll(async () => {
    await node?.service.close({ spreadMs: 0 })
    await database?.drop()
  })

  test('leaves messages in their places and their words nowhere', async () => {
    const marker = 'nobody-may-find-this'
    const [ada, ben] = [await target.person(), await target.person()]
    const { chatId } = await ada.call('chat.createChat', { kind: 'channel', visibility: 'public' })
    const say = (each: typeof ada, clientMessageId: string, body: string) =>
      each.call('chat.sendMessage', {
        chatId,
        clientMessageId,
        body,
        data: { note: body },
        mentions: [ben.username],
      })
    await say(ada, 'a', marker)
    // What others were answered quotes it.
    await ben.call('chat.joinChat', { chatId, commandId: 'join-1' })
    await say(ben, 'b', 'an answer')
    await say(ada, 'c', marker)
    const direct = await ada.call('chat.openDirect', { usernames: [ben.username] })
    await ada.call('chat.sendMessage', {
      chatId: direct.chatId,
      clientMessageId: 'd',
      body: marker,
      commandId: 'sent-1',
    })
    expect(await dump(database.config)).toContain(marker)
    const kept = JSON.stringify(await ada.call('users.exportMe', {}))
    expect(kept.split(`"body":"${marker}"`)).toHaveLength(4)

    await ada.call('users.deleteMe', { password: PASSWORD })

    expect(await dump(database.config)).not.toContain(marker)
    const { items } = await ben.call('chat.readHistory', { chatId })
    expect(items.map(({ sender, number, body }) => [sender, number, body])).toEqual([
      [ada.username, 1, ''],
      [ben.username, 2, 'an answer'],
      [ada.username, 3, ''],
    ])
    expect(items[0]).toMatchObject({ mentions: [], deletedAt: expect.any(String) as string })
    expect(items[0]).not.toHaveProperty('data')
    const { events, head } = await ben.call('streams.readSince', {
      stream: `chat:${chatId}`,
      seq: 0,
    })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(events.at(-1)).toMatchObject({ name: 'chat.memberLeft', seq: head })
    const view = await ben.call('chat.getChat', { chatId })
    expect(view).toMatchObject({ memberCount: 1, lastNumber: 3 })
    expect(view).not.toHaveProperty('createdBy')
    await Promise.all([ada.close(), ben.close()])
  })
})
