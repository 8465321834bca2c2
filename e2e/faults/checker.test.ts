import { describe, expect, test } from 'vitest'
import { createRandom } from '../rig/random.ts'
import { check } from './checker.ts'
import { hashOf, type History, type Send, type Sighting } from './history.ts'

const MESSAGES = 20_000

/** A run in which everything is as it should be: 10 authors, pipelined, two restarts, four observers. */
function goodHistory(): History {
  const random = createRandom(7)
  const sends: Send[] = []
  const stored: Sighting[] = [{ chat: 'lobby', seq: 1 }]
  for (let n = 0; n < MESSAGES; n++) {
    const id = `m${n}`
    const send: Send = { id, author: `a${n % 10}`, chat: 'lobby', hash: hashOf(id), attempts: [] }
    const lane = `a${n % 10}/${Math.floor(n / 7000)}`
    const refused = random.chance(0.01)
    const unknown = !refused && random.chance(0.02)
    const seq = stored.length + 1
    if (refused)
      send.attempts.push({
        lane,
        invokedAt: n,
        endedAt: n + 3,
        outcome: { refused: 'unavailable' },
      })
    else if (unknown) send.attempts.push({ lane, invokedAt: n, endedAt: n + 3, outcome: 'unknown' })
    else {
      send.attempts.push({
        lane,
        invokedAt: n,
        endedAt: n + 3,
        outcome: { ok: { seq, messageId: `k-${seq}` } },
      })
    }
    if (!refused && !(unknown && random.chance(0.5)))
      stored.push({ chat: 'lobby', seq, id, hash: send.hash })
    sends.push(send)
  }
  const piece = (from: number) => stored.slice(from).map((each) => ({ ...each }))
  return {
    sends,
    stored,
    heads: { lobby: stored.length },
    observations: [
      { observer: 'from the start', sightings: piece(0), complete: true },
      { observer: 'from the middle', sightings: piece(9000), complete: true },
      { observer: 'left early', sightings: piece(0).slice(0, 500), complete: false },
    ],
  }
}

const rules = (history: History): string[] =>
  [...new Set(check(history).map(({ rule }) => rule))].sort()

/** Takes rows away as a service would that never had them: the rest moves up. */
function renumber(list: Sighting[]): Sighting[] {
  return list.map((each, index) => ({ ...each, seq: index + 1 }))
}

const acked = ({ sends }: History, id: string | undefined): boolean => {
  const outcome = sends.find((send) => send.id === id)?.attempts[0]?.outcome
  return typeof outcome === 'object' && 'ok' in outcome
}

/** Two neighbours in each other's place. */
function swap(list: readonly Sighting[], at: number): Sighting[] {
  const copy = [...list]
  ;[copy[at], copy[at + 1]] = [copy[at + 1]!, copy[at]!]
  return renumber(copy)
}

describe('the checker', () => {
  test('finds nothing in a run that is as it should be', () => {
    expect(check(goodHistory())).toEqual([])
  })

  test('catches one message in 10,000 that was acknowledged and dropped', () => {
    const history = goodHistory()
    const acked = history.sends.filter(({ attempts }) => typeof attempts[0]!.outcome === 'object')
    const dropped = new Set([acked[5000]!.id, acked[15_000]!.id])
    history.stored = history.stored.filter(({ id }) => id === undefined || !dropped.has(id))
    expect(check(history).filter(({ rule }) => rule === 'lost').length).toBe(2)
    expect(rules(history)).toContain('gap')
  })

  test('catches the drop too when the rest moves up and every observer agrees', () => {
    const history = goodHistory()
    const victim = history.sends.find(
      ({ attempts }, index) =>
        index > 9000 && typeof attempts[0]!.outcome === 'object' && 'ok' in attempts[0]!.outcome,
    )!
    history.stored = renumber(history.stored.filter(({ id }) => id !== victim.id))
    history.heads = { lobby: history.stored.length }
    history.observations = [
      {
        observer: 'agrees',
        sightings: history.stored.map((each) => ({ ...each })),
        complete: true,
      },
    ]
    expect(check(history).filter(({ rule }) => rule === 'lost')).toHaveLength(1)
  })

  test('catches two messages that changed places in what is stored', () => {
    const history = goodHistory()
    const [a, b] = [history.stored[12_000]!, history.stored[12_050]!]
    ;[a.id, b.id] = [b.id!, a.id!]
    ;[a.hash, b.hash] = [b.hash!, a.hash!]
    expect(rules(history)).toEqual(
      expect.arrayContaining(['ack misnumbered', 'observed otherwise', 'real-time order']),
    )
  })

  test('catches two messages that changed places for one observer', () => {
    const history = goodHistory()
    const { sightings } = history.observations[0]!
    ;[sightings[100], sightings[101]] = [sightings[101]!, sightings[100]!]
    expect(rules(history)).toEqual(
      expect.arrayContaining(['observed incompletely', 'observed otherwise']),
    )
  })

  test('catches two sends of one connection that changed places', () => {
    const history = goodHistory()
    const lane = history.sends.filter(
      ({ attempts: [first] }) =>
        first!.lane === 'a3/1' && typeof first!.outcome === 'object' && 'ok' in first!.outcome,
    )
    // Under way at the same time: real time says nothing of them.
    for (const send of lane.slice(0, 2)) Object.assign(send.attempts[0]!, { endedAt: 10_000_000 })
    const rows = lane.slice(0, 2).map(({ id }) => history.stored.find((row) => row.id === id)!)
    ;[rows[0]!.seq, rows[1]!.seq] = [rows[1]!.seq, rows[0]!.seq]
    expect(rules(history)).toContain('author order')
  })

  test('catches a message that is doubled after a restart', () => {
    const history = goodHistory()
    const twice = history.stored[7000]!
    history.stored.push({ ...twice, seq: history.stored.length + 1 })
    history.heads = { lobby: history.stored.length }
    expect(check(history).filter(({ rule }) => rule === 'doubled')).toHaveLength(1)
  })

  test('catches a place that was given twice', () => {
    const history = goodHistory()
    const { seq } = history.stored[5]!
    const id = 'late'
    history.sends.push({
      id,
      author: 'a0',
      chat: 'lobby',
      hash: 'h',
      attempts: [{ lane: 'x', invokedAt: 1, outcome: 'unknown' }],
    })
    history.stored.push({ chat: 'lobby', seq, id, hash: 'h' })
    expect(rules(history)).toContain('doubled')
  })

  test('catches a refused message that is stored', () => {
    const history = goodHistory()
    const refused = history.sends.find(
      ({ attempts }) =>
        typeof attempts[0]!.outcome === 'object' && 'refused' in attempts[0]!.outcome,
    )!
    history.stored.push({
      chat: 'lobby',
      seq: history.stored.length + 1,
      id: refused.id,
      hash: refused.hash,
    })
    expect(rules(history)).toContain('phantom')
  })

  test('catches a message that nobody sent', () => {
    const history = goodHistory()
    history.stored.push({ chat: 'lobby', seq: history.stored.length + 1, id: 'ghost', hash: 'h' })
    expect(rules(history)).toContain('phantom')
  })

  test('catches a body that changed on the way', () => {
    const history = goodHistory()
    history.stored[40]!.hash = 'other'
    expect(rules(history)).toEqual(expect.arrayContaining(['altered', 'observed otherwise']))
  })

  test('catches two acknowledgements of one message that differ', () => {
    const history = goodHistory()
    const send = history.sends.find(
      ({ attempts }) => typeof attempts[0]!.outcome === 'object' && 'ok' in attempts[0]!.outcome,
    )!
    send.attempts.push({
      lane: 'again',
      invokedAt: 50_000,
      endedAt: 50_001,
      outcome: { ok: { seq: 99_999, messageId: 'k-z' } },
    })
    expect(rules(history)).toContain('acks differ')
  })

  test('catches an observer that missed one event, at any place and at the end', () => {
    const history = goodHistory()
    history.observations[0]!.sightings.splice(10_000, 1)
    history.observations[1]!.sightings.pop()
    expect(check(history).filter(({ rule }) => rule === 'observed incompletely')).toHaveLength(2)
  })

  test('catches a page that goes backwards', () => {
    const history = goodHistory()
    const { sightings } = history.observations[0]!
    sightings.splice(300, 0, { ...sightings[250]! })
    expect(rules(history)).toContain('observed otherwise')
  })

  test('catches a head that is not the last event', () => {
    const history = goodHistory()
    history.heads = { lobby: history.stored.length - 1 }
    expect(rules(history)).toEqual(['head misstated'])
  })

  test('catches two neighbours that changed places for everybody', () => {
    const history = goodHistory()
    const at = history.stored.findIndex(
      ({ id }, index) =>
        index > 12_000 && acked(history, id) && acked(history, history.stored[index + 1]?.id),
    )
    const swapped = swap(history.stored, at)
    history.stored = swapped
    history.observations = [
      { observer: 'agrees', sightings: swapped.map((each) => ({ ...each })), complete: true },
    ]
    expect(check(history).filter(({ rule }) => rule === 'ack misnumbered')).toHaveLength(2)
  })

  test('catches a message that is doubled after a restart though every observer agrees', () => {
    const history = goodHistory()
    const twice = history.stored[7000]!
    history.stored.splice(14_000, 0, { ...twice })
    history.stored = renumber(history.stored)
    history.heads = { lobby: history.stored.length }
    history.observations = [
      {
        observer: 'agrees',
        sightings: history.stored.map((each) => ({ ...each })),
        complete: true,
      },
    ]
    expect(check(history).filter(({ rule }) => rule === 'doubled')).toHaveLength(2)
  })

  test('catches the one observer on one node who missed one event', () => {
    const history = goodHistory()
    const onNodes = [1, 1, 2, 2].map((node, n) => ({
      observer: `${n} on node ${node}`,
      sightings: history.stored.map((each) => ({ ...each })),
      complete: true,
      since: { lobby: 0 },
    }))
    onNodes[3]!.sightings.splice(15_555, 1)
    history.observations = onNodes
    expect(check(history)).toEqual([
      { rule: 'observed incompletely', text: '3 on node 2 saw lobby 15557 after 15555' },
    ])
  })

  test('catches an observer who missed the beginning, and one who saw nothing at all', () => {
    const history = goodHistory()
    history.observations[0]!.since = { lobby: 0 }
    history.observations[0]!.sightings.shift()
    history.observations.push({
      observer: 'deaf',
      sightings: [],
      complete: true,
      since: { lobby: 9 },
    })
    expect(check(history).filter(({ rule }) => rule === 'observed incompletely')).toHaveLength(2)
  })

  test('catches a message of unknown outcome that one has seen and that is not there', () => {
    const history = goodHistory()
    const stored = new Set(history.stored.map(({ id }) => id))
    const open = history.sends.find(
      ({ id, attempts }) => attempts[0]!.outcome === 'unknown' && !stored.has(id),
    )!
    history.observations[2]!.sightings.push({
      chat: 'lobby',
      seq: 501,
      id: open.id,
      hash: open.hash,
    })
    expect(rules(history)).toContain('undecided')
  })

  test('catches a refused message, and one that nobody sent, that somebody has seen', () => {
    const history = goodHistory()
    const refused = history.sends.find(
      ({ attempts }) =>
        typeof attempts[0]!.outcome === 'object' && 'refused' in attempts[0]!.outcome,
    )!
    const { sightings } = history.observations[2]!
    sightings.push({ chat: 'lobby', seq: 501, id: refused.id, hash: refused.hash })
    sightings.push({ chat: 'lobby', seq: 502, id: 'ghost', hash: 'h' })
    expect(check(history).filter(({ rule }) => rule === 'phantom')).toHaveLength(2)
  })

  test('catches a message that is sent after another was acknowledged on another node, and comes before it', () => {
    const send = (id: string, seq: number, from: number): Send => ({
      id,
      author: id,
      chat: 'lobby',
      hash: id,
      attempts: [
        {
          lane: `node ${seq}`,
          invokedAt: from,
          endedAt: from + 5,
          outcome: { ok: { seq, messageId: id } },
        },
      ],
    })
    const stored = ['later', 'earlier'].map((id, index) => ({
      chat: 'lobby',
      seq: index + 1,
      id,
      hash: id,
    }))
    const history = (gap: number): History => ({
      sends: [send('earlier', 2, 0), send('later', 1, gap)],
      stored,
      heads: { lobby: 2 },
      observations: [],
    })
    expect(rules(history(6))).toEqual(['real-time order'])
    // Under way at the same time: either order is right.
    expect(rules(history(4))).toEqual([])
  })
})
