import { limitDefaults } from '@collab-kit/protocol'
import { expect } from 'vitest'
import { until } from '../rig/until.ts'
import { askEvents, type EventsAnswer } from './doors.ts'
import type { Row, Stage } from './row.ts'

const bearer = ({ token }: { token: string }, lastEventId?: string) => ({
  authorization: `Bearer ${token}`,
  ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
})

/** What an event stream says at once, and then it is closed. */
async function glance(
  { service }: Pick<Stage, 'service'>,
  headers: Record<string, string>,
  query?: string,
): Promise<EventsAnswer> {
  const answer = await askEvents(service.port, headers, query)
  answer.close()
  return answer
}

const resets = ({ items }: EventsAnswer) =>
  items.filter(({ name }) => name === 'system.reset').map(({ data }) => data['reason'])

/** Ids that no event stream has given to anybody, made of one that was. */
function forgeries(id: string): readonly string[] {
  const bytes = Buffer.from(id, 'base64url')
  const flipped = (at: number) => {
    const copy = Buffer.from(bytes)
    copy[at]! ^= 1
    return copy.toString('base64url')
  }
  return [
    ...[...bytes.keys()].map(flipped),
    id.slice(0, -4),
    `${id}AAAA`,
    `${id}%0Aid:%201`,
    `${id}=`,
    '0',
    '-1',
    '9007199254740993',
    '1e309',
    '__proto__',
    "' or 1=1 --",
    '../../etc/passwd',
    JSON.stringify({ 'chat:shared': 1e9 }),
    'x'.repeat(8000),
  ]
}

async function ticketOf({ http }: Pick<Stage, 'http'>, token?: string): Promise<string> {
  const { body } = await http({
    method: 'POST',
    path: '/api/v1/events/ticket',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    ...(token !== undefined && { token }),
  })
  return String(body['ticket'])
}

/** The rows about event streams over HTTP. */
export const streamRows: readonly Row[] = [
  {
    number: 48,
    sent: 'A `Last-Event-ID` that is forged, another person’s, of another ticket, of the future, 8 KB; one with a line end',
    answered:
      'the stream begins with `system.reset` `unknown_position`; by a ticket 401 `unauthenticated` `foreign_id`; 400',
    makesTickets: true,
    async check(stage) {
      const { eve, ada, tcp } = stage
      const { lastEventId: own = '' } = await glance(stage, bearer(eve))
      const { lastEventId: others = '' } = await glance(stage, bearer(ada))
      expect(resets(await glance(stage, bearer(eve, own))), 'one’s own').toEqual([])
      for (const id of [others, ...forgeries(own)]) {
        const answer = await glance(stage, bearer(eve, id))
        expect(answer.items[0]?.name, id.slice(0, 60)).toBe('system.welcome')
        expect(resets(answer), id.slice(0, 60)).toEqual(['unknown_position'])
      }
      const query = `?ticket=${await ticketOf(stage)}`
      const { lastEventId: byTicket = '' } = await glance(stage, {}, query)
      const foreign = [
        own,
        (await glance(stage, {}, `?ticket=${await ticketOf(stage)}`)).lastEventId!,
      ]
      for (const id of [...foreign, ...forgeries(byTicket).slice(-6)]) {
        expect(await glance(stage, { 'last-event-id': id }, query), id.slice(0, 60)).toMatchObject({
          status: 401,
          code: 'unauthenticated',
          details: { reason: 'foreign_id' },
        })
      }
      expect(resets(await glance(stage, { 'last-event-id': byTicket }, query))).toEqual([])
      for (const [end, status] of [
        ['\n', 400],
        ['\r', 400],
        ['\0', 400],
      ] as const) {
        const lines = [
          'GET /api/v1/events HTTP/1.1',
          'Host: 127.0.0.1',
          `Authorization: Bearer ${eve.token}`,
          `Last-Event-ID: ${own}${end}x`,
          '',
          '',
        ]
        expect(await tcp(lines.join('\r\n')), JSON.stringify(end)).toMatch(`HTTP/1.1 ${status}`)
      }
    },
  },
  {
    number: 50,
    sent: 'More event streams of one person than 4',
    answered: '429 `limit_exceeded` `sse_limit`, until one of them ends',
    async check(stage) {
      const max = limitDefaults.eventStreamsPerUser
      const open: EventsAnswer[] = []
      const another = () => askEvents(stage.service.port, bearer(stage.eve))
      try {
        while (open.length < max) {
          const next = await another()
          if (next.code === 'ok') open.push(next)
          else next.close()
        }
        for (let n = 0; n < 5; n++) {
          const answer = await another()
          answer.close()
          expect(answer).toMatchObject({
            status: 429,
            code: 'limit_exceeded',
            details: { limit: 'eventStreamsPerUser', max, reason: 'sse_limit' },
          })
        }
        // A socket is no event stream.
        await (await stage.link()).call('system.echo', { message: 'beside them' })
        open.pop()!.close()
        await until(
          async () => {
            const answer = await another()
            answer.close()
            return answer.code === 'ok'
          },
          { what: 'there is room again' },
        )
      } finally {
        for (const each of open) each.close()
      }
    },
  },
]
