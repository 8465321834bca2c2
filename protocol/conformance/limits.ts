import { chatStream } from '@collab-kit/protocol'
import { describe, expect } from 'vitest'
import { callWith, channel, directWith, gone, privateChannel, say } from './acts.ts'
import { unique } from './connect.ts'
import { callByRest } from './http.ts'
import { commandId, count, named, refusal, rules } from './rule.ts'
import type { Target } from './target.ts'
import { pageRules } from './pages.ts'

/** Every limit at n and at n + 1. */
export function limitRules(target: Target): void {
  describe('limits', () => {
    sizes(target)
    shapes(target)
    names(target)
    pageRules(target)
    rates(target)
    connections(target)
    inFlight(target)
    frames(target)
    slowReaders(target)
  })
}

function sizes(target: Target): void {
  rules(target)(
    '[LIM-2] A body of exactly the limit is taken, one byte more is not, however it is written',
    async ({ peer }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      const { messageBytes } = target.limits
      const error = { code: 'too_large', details: { limit: 'messageBytes' } }
      for (const unit of ['x', 'é', '李', '😀', 'e\u0301\u0302']) {
        const size = Buffer.byteLength(unit)
        const fits = unit.repeat(Math.floor(messageBytes / size)) + 'y'.repeat(messageBytes % size)
        expect(await say(ada, chatId, fits)).toMatchObject({ body: fits })
        expect(await refusal(say(ada, chatId, `${fits}z`))).toMatchObject(error)
      }
      expect((await ada.call('chat.getChat', { chatId })).lastNumber).toBe(5)
    },
  )
}

/** JSON of so many levels below the field that holds it. */
const nested = (levels: number): unknown => count(levels).reduce<unknown>((inner) => [inner], 'x')

function shapes(target: Target): void {
  const rule = rules(target)

  rule('[LIM-3] Nesting is taken up to its limit', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    // The input is the first level, `data` the second.
    const levels = target.limits.jsonDepth - 2
    const data = { deep: nested(levels) }
    expect(await say(ada, chatId, { body: 'x', data })).toMatchObject({ data })
    for (const more of [levels + 1, levels + 1000]) {
      const error = await refusal(say(ada, chatId, { body: 'x', data: { deep: nested(more) } }))
      expect(error).toMatchObject({ code: 'invalid_payload', details: { reason: 'too_deep' } })
    }
  })

  rule('[LIM-3] Keys are taken up to their number', async ({ peer }) => {
    const ada = await peer()
    const { chatId } = await channel(ada)
    // The chat is a part of the path by REST and a key of the input all the same.
    const own = Object.keys({ chatId, clientMessageId: '', body: '', data: {} }).length
    const data = (keys: number) => Object.fromEntries(count(keys).map((n) => [`k${n}`, n]))
    const most = target.limits.jsonKeys - own
    expect(await say(ada, chatId, { body: 'x', data: data(most) })).toMatchObject({
      data: data(most),
    })
    for (const more of [most + 1, most + 2000]) {
      const error = await refusal(say(ada, chatId, { body: 'x', data: data(more) }))
      expect(error).toMatchObject({ code: 'invalid_payload', details: { reason: 'too_many_keys' } })
    }
  })
}

function names(target: Target): void {
  rules(target)('[LIM-4] A name has as many characters as a reader counts', async ({ peer }) => {
    const ada = await peer()
    const { nameCharacters } = target.limits
    for (const unit of ['x', '李', '🇪🇺']) {
      const name = unit.repeat(nameCharacters)
      expect(await channel(ada, { name })).toMatchObject({ name })
      await ada.call('users.updateMe', { displayName: name, firstName: name })
      const limit = { limit: 'nameCharacters', max: nameCharacters, size: nameCharacters + 1 }
      const tooLarge = (path: string) => ({ code: 'too_large', details: { ...limit, path } })
      const longer = name + unit
      expect(await refusal(channel(ada, { name: longer }))).toMatchObject(tooLarge('name'))
      const profile = { displayName: longer }
      expect(await refusal(ada.call('users.updateMe', profile))).toMatchObject(
        tooLarge('displayName'),
      )
    }
    const heaped = `a${'\u0301'.repeat(nameCharacters * 8)}`
    expect(await refusal(channel(ada, { name: heaped }))).toMatchObject({
      code: 'too_large',
      details: { limit: 'nameCharacters' },
    })
    for (const name of ['', '  ', 'a\nb', 'a\u202Eb', '\u200B']) {
      const error = await refusal(channel(ada, { name }))
      expect(error).toMatchObject({ details: { path: 'name', reason: 'invalid_text' } })
    }
  })
}

function rates(target: Target): void {
  const rule = rules(target)

  rule(
    '[LIM-6] A burst is taken, what is more comes back with the time to wait',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { opsBurst, opsPerSecond } = target.limits
      const { chatId } = await privateChannel(ada, [ben])
      const since = performance.now()
      const most = () => opsBurst + (opsPerSecond * (performance.now() - since)) / 1000 + 1
      // Making the chat was the first.
      let taken = 1
      let refused: Awaited<ReturnType<typeof refusal>> | undefined
      while (!refused) {
        const calls = count(20).map(() => say(ada, chatId).then(() => taken++))
        const outcomes = await Promise.allSettled(calls)
        if (outcomes.some(({ status }) => status === 'rejected'))
          refused = await refusal(firstRefused(calls))
        expect(taken, 'commands without a limit').toBeLessThanOrEqual(most())
      }
      expect(refused).toMatchObject({ code: 'rate_limited', retryable: true })
      expect(refused.retryAfterMs).toBeGreaterThan(0)
      expect(taken).toBeGreaterThanOrEqual(opsBurst)
      await say(ben, chatId, 'others are not held up')
    },
  )

  rule('[LIM-6] Making accounts costs no more than anything else', async ({ person }) => {
    const admin = await person({ admin: true })
    const names = count(target.limits.opsBurst / 2).map(() => unique('made'))
    for (const username of names) await admin.call('users.createUser', { username })
    for (const username of names) await admin.call('users.deleteUser', { username })
  })

  if (target.advance) {
    const { advance } = target
    rule('[LIM-6] After the time to wait the call is taken', async ({ peer }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      // Making the chat was the first.
      for (const _ of count(target.limits.opsBurst - 1)) await say(ada, chatId)
      const { code, retryAfterMs } = await refusal(say(ada, chatId))
      expect(code).toBe('rate_limited')
      await advance(retryAfterMs! - 1)
      expect(await refusal(say(ada, chatId))).toMatchObject({ code: 'rate_limited' })
      await advance(1)
      await say(ada, chatId)
    })
  }
}

/** Rejects with the first refusal among these. */
async function firstRefused(calls: readonly Promise<unknown>[]): Promise<unknown> {
  for (const call of calls) await call
  return undefined
}

function connections(target: Target): void {
  const rule = rules(target)

  rule(
    '[LIM-8] A person has so many connections and no more, at once or in turn',
    async ({ person, connect }) => {
      const ada = await person()
      const { connectionsPerUser } = target.limits
      const outcomes = await Promise.allSettled(
        count(connectionsPerUser + 5).map(() => connect(ada)),
      )
      const live = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      expect(live).toHaveLength(connectionsPerUser)
      const error = await refusal(connect(ada))
      expect(error).toMatchObject({
        code: 'limit_exceeded',
        details: {
          limit: 'connectionsPerUser',
          max: connectionsPerUser,
          reason: 'connection_limit',
        },
      })
      await live[0]!.close()
      await gone(target, ada, live[0]!)
      await connect(ada)
    },
  )

  rule(
    '[LIM-9] A connection joins so many streams and no more, and memberships do not count',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const { joinedStreams, opsBurst } = target.limits
      const makers = await Promise.all(
        count(Math.ceil((joinedStreams + 2) / (opsBurst / 2))).map(() => peer()),
      )
      const chats = await Promise.all(
        count(joinedStreams + 2).map((n) => channel(makers[n % makers.length]!)),
      )
      const [extra, mine, ...rest] = chats.map(({ chatId }) => chatId)
      await ben.call('chat.joinChat', { chatId: mine! })
      for (const chatId of rest) await ben.call('streams.join', { stream: chatStream(chatId) })
      await ben.call('streams.join', { stream: chatStream(rest[0]!) })
      const error = await refusal(ben.call('streams.join', { stream: chatStream(extra!) }))
      expect(error).toMatchObject({ code: 'limit_exceeded', details: { limit: 'joinedStreams' } })
      await ben.call('streams.leave', { stream: chatStream(rest[0]!) })
      await ben.call('streams.join', { stream: chatStream(extra!) })
      await ada.fence()
    },
  )

  rule('[LIM-10] A direct chat holds so many people and no more', async ({ person }) => {
    const ada = await person()
    const { directMembers } = target.limits
    const others = await Promise.all(count(directMembers).map(() => person({ guest: true })))
    const chat = await directWith(ada, ...others.slice(1))
    expect(chat.memberCount).toBe(directMembers)
    const error = await refusal(directWith(ada, ...others))
    expect(error).toMatchObject({ code: 'limit_exceeded', details: { limit: 'directMembers' } })
  })
}

function inFlight(target: Target): void {
  rules(target)(
    '[LIM-7] So many calls of a connection wait for their answer and no more',
    async ({ peer }) => {
      const ada = await peer()
      const { chatId } = await channel(ada)
      // Pages that take their time to read, so that many are under way at once.
      for (const _ of count(4)) await say(ada, chatId, 'x'.repeat(target.limits.messageBytes))
      const read = (times: number) =>
        Promise.all(count(times).map(() => ada.raw('chat.readHistory', { chatId })))
      const refused = (replies: unknown[]) =>
        replies.filter((reply) => !(reply as { ok: boolean }).ok)
      expect(refused(await read(target.limits.inFlight))).toEqual([])
      const tooMany = refused(await read(target.limits.inFlight * 2))
      expect(tooMany.length).toBeGreaterThan(0)
      for (const each of tooMany) {
        expect(each).toMatchObject({
          error: { code: 'limit_exceeded', details: { limit: 'inFlight' } },
        })
      }
      expect(refused(await read(1))).toEqual([])
    },
  )
}

function frames(target: Target): void {
  const rule = rules(target)

  if (target.transport === 'socket') {
    rule(
      '[LIM-11] A frame above the limit ends the socket that sent it, and nothing of it is done',
      async ({ peer }) => {
        const [ada, ben] = [await peer(), await peer()]
        const { chatId } = await privateChannel(ada, [ben])
        const filler = 'x'.repeat(target.limits.frameBytes)
        ada.send('chat.sendMessage', {
          chatId,
          clientMessageId: commandId(),
          body: 'x',
          data: { filler },
        })
        await ada.ended
        await ben.fence()
        expect(ben.items.filter(named('chat.messageSent'))).toEqual([])
      },
    )
  } else {
    rule('[LIM-11] A body above the limit is too large', async ({ person }) => {
      const { accessToken: token } = await person()
      const message = 'x'.repeat(target.limits.frameBytes)
      const error = await refusal(
        callByRest({ url: target.url, token }, 'system.echo', { message }),
      )
      expect(error).toMatchObject({ code: 'too_large', details: { limit: 'frameBytes' } })
    })
  }

  rule('[LIM-11] A frame below the limit is taken', async ({ peer }) => {
    const ada = await peer()
    const message = 'x'.repeat(target.limits.frameBytes - 200)
    expect(await callWith(ada, 'system.echo', { message })).toEqual({ message })
  })
}

function slowReaders(target: Target): void {
  const rule = rules(target)
  /** Enough answers of a whole page each to fill what the kernel takes for a reader, several times. */
  const ASKED = 60

  rule(
    '[LIM-12] One who does not read what was asked for is closed',
    async ({ person, connect }) => {
      const ada = await person()
      const [slow, quick] = [await connect(ada), await connect(ada)]
      const { chatId } = await channel(quick)
      const body = 'x'.repeat(target.limits.messageBytes)
      for (const _ of count(15)) await say(quick, chatId, body)
      await slow.fence()
      slow.pause()
      for (const _ of count(ASKED))
        void slow.raw('chat.readHistory', { chatId, limit: 15 }).catch(() => {})
      // The same questions asked later and answered: those before are answered too.
      for (const _ of count(ASKED)) await quick.raw('chat.readHistory', { chatId, limit: 15 })
      slow.resume()
      await slow.ended
      expect(slow.items.at(-1)).toMatchObject({
        name: 'system.closing',
        data: { code: 'slow_consumer', reconnect: true },
      })
      await quick.fence()
    },
  )

  rule(
    '[LIM-12] One who does not read what comes is closed, others are served, and coming back finds all',
    async (stage) => {
      const writers = await Promise.all(count(WRITERS).map(() => stage.peer()))
      const reader = await stage.person()
      const slow = await stage.connect(reader)
      const { chatId } = await privateChannel(writers[0]!, [reader, ...writers.slice(1)])
      await slow.fence()
      slow.pause()
      const filler = 'x'.repeat(target.limits.frameBytes * 0.8)
      const each = 40
      // A few at a time: those who read must not fall behind as well.
      for (const _ of count(each))
        await Promise.all(
          writers.map((writer) => say(writer, chatId, { body: 'x', data: { filler } })),
        )
      for (const writer of writers) await writer.fence()
      slow.resume()
      await slow.ended
      expect(slow.items.at(-1)).toMatchObject({
        name: 'system.closing',
        data: { code: 'slow_consumer', reconnect: true },
      })
      for (const writer of writers) {
        expect(writer.items.filter(named('chat.messageSent'))).toHaveLength(each * WRITERS)
      }
      const back = await stage.connect(reader)
      expect((await back.call('chat.getChat', { chatId })).lastNumber).toBe(each * WRITERS)
    },
  )
}

/** So many fill the kernel's buffers of one reader with what they may send at once. */
const WRITERS = 3
