import { expect, test } from 'vitest'
import type { Connection, Edge } from '../../kernel/context.ts'
import { createFakeClock } from '../../testing/fake-clock.ts'
import type { Report } from './change.ts'
import { createDevices } from './devices.ts'

/** One node's devices, and what of them would reach the database. */
function stand() {
  const clock = createFakeClock()
  const devices = createDevices()
  const reports: Report[][] = []
  const live = new Map<string, Connection>()
  let fails = 0
  let unsure = false
  const edge = {
    now: clock.now,
    after: (ms: number, task: () => void) => clock.after(ms, task),
    afterAnswer: (task: () => void) => void setImmediate(task),
    connectionsOf: () => [...live.values()],
    policy: { shared: false },
    async internal(_name: string, { people }: { people: Report[] }) {
      if (fails-- > 0) throw new Error('the database is away')
      reports.push(people)
      if (unsure) throw new Error('it may have happened')
    },
  } as unknown as Edge
  const connect = (id: string, username = 'ada', more: object = {}): Connection => {
    const caller = { username, role: 'user', ...more }
    const connection = { id, caller, transport: 'socket' } as unknown as Connection
    live.set(id, connection)
    devices.connected(edge, connection)
    return connection
  }
  const end = (connection: Connection, how: 'left' | 'lost') => {
    live.delete(connection.id)
    devices.disconnected(edge, connection, how)
  }
  const idle = (connection: Connection, value: boolean) =>
    devices.setIdle({ ...edge, connection, caller: connection.caller }, value)
  return {
    clock,
    connect,
    end,
    idle,
    fail: (times: number) => (fails = times),
    /** Whether what the database takes is not known to be taken. */
    doubt: (value: boolean) => (unsure = value),
    /** What was reported of a person so far. */
    async told(username = 'ada') {
      await clock.advance(0)
      await clock.advance(0)
      return reports.flat().flatMap((each) => (each.username === username ? [each.now] : []))
    },
    reports,
  }
}

test('many who come in one tick are one report', async () => {
  const { connect, told, reports } = stand()
  for (let n = 0; n < 300; n++) connect(`c${n}`, `person${n}`)
  expect(await told('person0')).toEqual(['here'])
  expect(reports).toHaveLength(1)
  expect(reports[0]).toHaveLength(300)
})

test('what does not change what a node has to say is not reported', async () => {
  const { connect, end, idle, told } = stand()
  const [one, two] = [connect('one'), connect('two')]
  idle(one, true)
  idle(one, false)
  await told()
  end(one, 'left')
  idle(two, false)
  expect(await told()).toEqual(['here'])
  idle(two, true)
  expect(await told()).toEqual(['here', 'idle'])
})

test('one lost by one device and back by the same was not away, and may leave at once', async () => {
  const { clock, connect, end, told } = stand()
  const device = { signInId: 's1' }
  const before = connect('before', 'ada', device)
  await told()
  end(before, 'lost')
  await clock.advance(4000)
  const after = connect('after', 'ada', device)
  await clock.advance(1000)
  end(after, 'left')
  expect(await told()).toEqual(['here', 'gone'])
})

test('one lost by one device stays for another that leaves', async () => {
  const { clock, connect, end, told } = stand()
  const lost = connect('lost', 'ada', { signInId: 's1' })
  const other = connect('other', 'ada', { signInId: 's2' })
  end(lost, 'lost')
  end(other, 'left')
  expect(await told()).toEqual(['here'])
  await clock.advance(5000)
  expect(await told()).toEqual(['here', 'gone'])
})

test('one who was gone before the connection was made is not here', async () => {
  const { connect, end, told } = stand()
  const early = connect('early')
  await told()
  end(early, 'left')
  await told()
  const ghost = { id: 'ghost', caller: { username: 'ada', role: 'user' } } as Connection
  end(ghost, 'lost')
  expect(await told()).toEqual(['here', 'gone'])
})

test('what the database could not take is reported as it is then', async () => {
  const { clock, connect, end, fail, told } = stand()
  fail(2)
  const one = connect('one')
  expect(await told()).toEqual([])
  await clock.advance(1000)
  connect('two')
  end(one, 'left')
  await clock.advance(1000)
  expect(await told()).toEqual(['here'])
})

test('what the database may have taken is reported again, though it is as it was before by then', async () => {
  const { clock, connect, doubt, end, told } = stand()
  doubt(true)
  const one = connect('one')
  await told()
  end(one, 'left')
  doubt(false)
  await clock.advance(1000)
  expect(await told()).toEqual(['here', 'gone'])
})
