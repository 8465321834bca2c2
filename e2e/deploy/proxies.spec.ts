import { request } from 'node:http'
import { expect, test } from '@playwright/test'
import { openEventStream } from '../rig/event-stream.ts'
import { connectLink, type Link } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { until } from '../rig/until.ts'
import { createNodeDouble } from './node-double.ts'
import { proxies } from './proxies.ts'
import { connectionsOf, setStage, type Stage } from './stage.ts'
import { freePorts } from '../../scripts/test/free-port.ts'

const KIB = 1024

/** The bodies of all messages that a connection has heard. */
const heard = ({ items }: Link): string[] =>
  items.flatMap(({ name, data }) =>
    name === 'chat.messageSent' ? [(data as { body: string }).body] : [],
  )

const hears = (link: Link, body: string) =>
  until(() => heard(link).includes(body), { what: `a message of ${body.length} characters` })

async function enter(url: string, name: string): Promise<{ token: string; link: Link }> {
  const person = await createGuest(url, name)
  const link = await connectLink(url, person)
  await link.call('chat.joinChat', { chatId: 'lobby' })
  return { token: person.token, link }
}

interface Post {
  headers: Record<string, string>
  body: object
}

const post = (address: string, { headers, body }: Post): Promise<Response> =>
  fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

for (const kind of proxies) {
  test.describe(`through ${kind.name}`, () => {
    let stage: Stage

    test.beforeAll(async () => {
      stage = await setStage(kind)
    })
    test.afterAll(() => stage?.close())

    test('people on different nodes talk with each other', async () => {
      const ann = await enter(stage.url, 'Ann')
      const ben = await enter(stage.url, 'Ben')
      expect(await Promise.all(stage.nodes.map(connectionsOf))).toEqual([1, 1])
      await ann.link.call('chat.sendMessage', {
        chatId: 'lobby',
        clientMessageId: 'a-1',
        body: 'Hello Ben',
      })
      await hears(ben.link, 'Hello Ben')
      await ben.link.call('chat.sendMessage', {
        chatId: 'lobby',
        clientMessageId: 'b-1',
        body: 'Hello Ann',
      })
      await hears(ann.link, 'Hello Ann')
      for (const { link } of [ann, ben]) link.close()
    })

    test('the largest message passes, by WebSocket and by REST', async () => {
      const ann = await enter(stage.url, 'Ann')
      const ben = await enter(stage.url, 'Ben')
      const said = 'é'.repeat(8 * KIB)
      await ann.link.call('chat.sendMessage', {
        chatId: 'lobby',
        clientMessageId: 'large',
        body: said,
      })
      await hears(ben.link, said)
      const written = 'ü'.repeat(8 * KIB)
      const answer = await post(`${stage.url}/api/v1/chats/lobby/messages`, {
        headers: { authorization: `Bearer ${ann.token}` },
        body: { clientMessageId: 'large-rest', body: written },
      })
      expect(answer.status).toBe(200)
      await hears(ben.link, written)
      for (const { link } of [ann, ben]) link.close()
    })

    test('an event stream brings every event at once, and goes on by whichever node', async () => {
      const { token, link } = await enter(stage.url, 'Ann')
      const say = (body: string) =>
        link.call('chat.sendMessage', { chatId: 'lobby', clientMessageId: body, body })
      let lastEventId: string | undefined
      // Turns: each comes to the node with the fewest connections.
      for (const body of ['stream-1', 'stream-2', 'stream-3']) {
        const reader = await openEventStream(stage.url, { token, lastEventId })
        const hears = () =>
          reader.items.some(({ data }) => (data as { body?: string }).body === body)
        if (lastEventId === undefined) await say(body)
        await until(hears, { what: `${body} on the event stream` })
        reader.close()
        lastEventId = reader.lastEventId
        expect(reader.items.filter(({ name }) => name === 'system.reset')).toEqual([])
        await say(`stream-${Number(body.at(-1)) + 1}`)
      }
      link.close()
    })

    for (const [size, limit] of [
      [16 * KIB + 1, 'messageBytes'],
      [129 * KIB, 'frameBytes'],
      [240 * KIB, 'frameBytes'],
      // Here nginx refuses by itself, in the same shape.
      [2048 * KIB, kind.name === 'nginx' ? undefined : 'frameBytes'],
    ] as const) {
      test(`a request with ${size} bytes of text is refused in the service's words`, async () => {
        const { token } = await createGuest(stage.url)
        const answer = await post(`${stage.url}/api/v1/chats/lobby/messages`, {
          headers: { authorization: `Bearer ${token}` },
          body: { clientMessageId: 'too-large', body: 'x'.repeat(size) },
        })
        expect(answer.status).toBe(413)
        expect(answer.headers.get('content-type')).toContain('application/problem+json')
        const problem = (await answer.json()) as { code: string; details?: { limit: string } }
        expect(problem.code).toBe('too_large')
        expect(problem.details?.limit).toBe(limit)
      })
    }

    test('figures are not passed on', async () => {
      expect((await fetch(`${stage.url}/metrics`)).status).toBe(404)
      expect((await fetch(`${stage.nodes[0]!.url}/metrics`)).status).toBe(200)
    })
  })

  test(`${kind.name}: a claimed address does not change the one that limits count`, async () => {
    const stage = await setStage(kind, {
      COLLAB_LIMITS_SIGN_INS_PER_MINUTE: '5',
      // Whoever asks here asks from this machine, which is exempt by default.
      COLLAB_LIMITS_TRUSTED_IPS: '192.0.2.1',
    })
    try {
      const enterFrom = (url: string, address: string) =>
        post(`${url}/api/v1/auth/guest`, {
          headers: { 'x-forwarded-for': address, forwarded: `for=${address}` },
          body: { displayName: 'Guest' },
        }).then(({ status }) => status)
      const claims = Array.from({ length: 40 }, (_, n) => `198.51.100.${n}`)
      const statuses: number[] = []
      for (const address of claims) statuses.push(await enterFrom(stage.url, address))
      expect(statuses).toContain(429)
      // Past the proxy such claims are believed: it is the proxy that keeps them out.
      for (const node of stage.nodes) {
        expect(await enterFrom(node.url, claims[0]!)).toBe(200)
        expect(await enterFrom(node.url, '127.0.0.1')).toBe(429)
      }
    } finally {
      await stage.close()
    }
  })

  test(`${kind.name}: a node is told the name that was asked for and one address`, async () => {
    const doubles = [await createNodeDouble(), await createNodeDouble()]
    const proxy = await kind.start(doubles.map(({ port }) => port))
    try {
      await new Promise<void>((resolve, reject) => {
        const asked = request(`${proxy.url}/api/v1/me`, (answer) =>
          answer.resume().on('end', resolve),
        )
        asked.on('error', reject)
        asked.appendHeader('x-forwarded-for', '203.0.113.7')
        asked.appendHeader('x-forwarded-for', '203.0.113.8, 203.0.113.9')
        asked.end()
      })
      const { headers } = doubles.find((each) => each.request)!.request!
      expect(headers['x-forwarded-for']).toBe('127.0.0.1')
      expect(headers['x-forwarded-proto']).toBe('http')
      expect(headers.host).toBe(`127.0.0.1:${proxy.port}`)
      if (kind.asksHealth) {
        const asked = () => doubles.every(({ askedAs }) => askedAs !== undefined)
        await until(asked, { what: 'both nodes are asked for their health' })
        // Whatever the service's public name is, it answers to this one.
        expect(doubles.map(({ askedAs }) => askedAs)).toEqual(['localhost', 'localhost'])
      }
    } finally {
      await proxy.close()
      for (const each of doubles) each.close()
    }
  })

  test(`${kind.name}: every event of a stream comes at once`, async () => {
    const doubles = [await createNodeDouble(), await createNodeDouble()]
    const proxy = await kind.start(doubles.map(({ port }) => port))
    try {
      const answer = await fetch(`${proxy.url}/api/v1/events`)
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
      // The next is said when the last has come: a proxy that gathers would wait for ever.
      for (const word of ['one', 'two', 'three']) {
        for (const each of doubles) each.say(word)
        const { value } = await reader.read()
        expect(value).toBe(`data: ${word}\n\n`)
      }
      await reader.cancel()
    } finally {
      await proxy.close()
      for (const each of doubles) each.close()
    }
  })

  test(`${kind.name}: without a node it says so as the service would`, async () => {
    const proxy = await kind.start(await freePorts(2))
    try {
      const answer = await fetch(`${proxy.url}/api/v1/me`)
      expect(answer.status).toBe(503)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(await answer.json()).toMatchObject({ code: 'unavailable', retryable: true })
    } finally {
      await proxy.close()
    }
  })
}
