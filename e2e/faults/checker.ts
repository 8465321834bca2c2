import {
  verdictOf,
  type Attempt,
  type History,
  type Observation,
  type Send,
  type Sighting,
} from './history.ts'

export type Rule =
  | 'lost'
  | 'phantom'
  | 'doubled'
  | 'gap'
  | 'altered'
  | 'acks differ'
  | 'ack misnumbered'
  | 'real-time order'
  | 'author order'
  | 'observed otherwise'
  | 'observed incompletely'
  | 'undecided'
  | 'head misstated'

export interface Violation {
  rule: Rule
  text: string
}

type Report = (rule: Rule, text: string) => void

/**
 * Holds a recorded run against the promises P1 to P5 and P8: each chat is a list that only grows, given its order once,
 * the same for everybody; acknowledged means stored, refused means never seen, unknown means either, but not both.
 */
export function check(history: History): Violation[] {
  const violations: Violation[] = []
  const report: Report = (rule, text) => violations.push({ rule, text })
  const stored = new Map<string, Sighting[]>()
  for (const each of history.stored) {
    const list = stored.get(each.chat)
    if (list) list.push(each)
    else stored.set(each.chat, [each])
  }
  for (const list of stored.values()) list.sort((a, b) => a.seq - b.seq)
  checkStored(stored, history, report)
  checkSends(stored, history, report)
  checkOrder(stored, history, report)
  const sends = new Map(history.sends.map((send) => [send.id, send]))
  for (const observation of history.observations) {
    checkObservation(stored, observation, report)
    checkSeen(stored, { observation, sends }, report)
  }
  return violations
}

/** `seq` is 1..head without a gap or a double, and no message is there twice. */
function checkStored(stored: Map<string, Sighting[]>, { heads }: History, report: Report): void {
  for (const [chat, list] of stored) {
    const places = new Map<string, number>()
    for (const [index, { seq, id }] of list.entries()) {
      const expected = index === 0 ? 1 : list[index - 1]!.seq + 1
      if (seq === expected - 1) report('doubled', `${chat}: seq ${seq} is there twice`)
      else if (seq !== expected) report('gap', `${chat}: after ${expected - 1} comes ${seq}`)
      if (id === undefined) continue
      const before = places.get(id)
      if (before !== undefined) report('doubled', `${chat}: ${id} is at ${before} and at ${seq}`)
      places.set(id, seq)
    }
    const head = list.at(-1)?.seq ?? 0
    if (heads[chat] !== undefined && heads[chat] !== head) {
      report('head misstated', `${chat}: the service says ${heads[chat]}, stored is ${head}`)
    }
  }
}

const acknowledgements = ({ attempts }: Send) =>
  attempts.flatMap(({ outcome }) =>
    typeof outcome === 'object' && 'ok' in outcome ? [outcome.ok] : [],
  )

/** Acknowledged is stored as it was sent; refused is not; nothing is stored that nobody sent. */
function checkSends(stored: Map<string, Sighting[]>, { sends }: History, report: Report): void {
  const messages = new Map<string, Sighting>()
  for (const list of stored.values()) {
    for (const each of list) if (each.id !== undefined) messages.set(each.id, each)
  }
  const sent = new Set<string>()
  for (const send of sends) {
    sent.add(send.id)
    const row = messages.get(send.id)
    const verdict = verdictOf(send)
    if (verdict === 'ok' && !row) report('lost', `${send.id} was acknowledged and is not stored`)
    if (verdict === 'refused' && row)
      report('phantom', `${send.id} was refused and is stored at ${row.seq}`)
    if (row && (row.hash !== send.hash || row.chat !== send.chat)) {
      report(
        'altered',
        `${send.id} was sent to ${send.chat} as ${send.hash} and is stored in ${row.chat} as ${row.hash}`,
      )
    }
    const acks = acknowledgements(send)
    if (acks.some((ack) => ack.seq !== acks[0]!.seq || ack.messageId !== acks[0]!.messageId)) {
      report('acks differ', `${send.id}: ${JSON.stringify(acks)}`)
    }
    if (row && acks[0] && acks[0].seq !== row.seq) {
      report(
        'ack misnumbered',
        `${send.id} was acknowledged at ${acks[0].seq} and is stored at ${row.seq}`,
      )
    }
  }
  for (const { id, chat, seq } of messages.values()) {
    if (!sent.has(id!)) report('phantom', `${chat}: ${id} at ${seq} was sent by nobody`)
  }
}

interface Placed {
  send: Send
  seq: number
  /** The attempt that was acknowledged first. */
  attempt: Attempt
}

/** What was acknowledged before another was sent comes before it; one connection's sends keep their order. */
function checkOrder(stored: Map<string, Sighting[]>, { sends }: History, report: Report): void {
  const byChat = new Map<string, Placed[]>([...stored.keys()].map((chat) => [chat, []]))
  const seqs = new Map<string, number>()
  for (const list of stored.values())
    for (const { id, seq } of list) if (id !== undefined) seqs.set(id, seq)
  for (const send of sends) {
    const seq = seqs.get(send.id)
    const attempt = send.attempts.find(
      ({ outcome }) => typeof outcome === 'object' && 'ok' in outcome,
    )
    if (seq !== undefined && attempt) byChat.get(send.chat)?.push({ send, seq, attempt })
  }
  for (const placed of byChat.values()) {
    checkRealTime(placed, report)
    checkAuthors(placed, report)
  }
}

function checkRealTime(placed: readonly Placed[], report: Report): void {
  const invoked = [...placed].sort(
    (a, b) => a.send.attempts[0]!.invokedAt - b.send.attempts[0]!.invokedAt,
  )
  const acked = [...placed].sort((a, b) => a.attempt.endedAt! - b.attempt.endedAt!)
  let highest: Placed | undefined
  let index = 0
  for (const each of invoked) {
    for (
      ;
      index < acked.length && acked[index]!.attempt.endedAt! < each.send.attempts[0]!.invokedAt;
      index++
    ) {
      if (!highest || acked[index]!.seq > highest.seq) highest = acked[index]
    }
    if (highest && highest.seq > each.seq) {
      report(
        'real-time order',
        `${highest.send.id} (${highest.seq}) was acknowledged before ${each.send.id} (${each.seq}) was sent`,
      )
    }
  }
}

/** Only what was acknowledged at the first attempt: a repeated one comes when it comes. */
function checkAuthors(placed: readonly Placed[], report: Report): void {
  const lanes = new Map<string, Placed[]>()
  for (const each of placed) {
    if (each.send.attempts[0] !== each.attempt) continue
    const lane = lanes.get(each.attempt.lane)
    if (lane) lane.push(each)
    else lanes.set(each.attempt.lane, [each])
  }
  for (const lane of lanes.values()) {
    // Equal times happen: `sends` is in the order of sending, and the sort keeps it.
    lane.sort((a, b) => a.attempt.invokedAt - b.attempt.invokedAt)
    for (const [index, each] of lane.entries()) {
      const before = lane[index - 1]
      if (before && before.seq > each.seq) {
        report(
          'author order',
          `${before.send.id} (${before.seq}) was sent before ${each.send.id} (${each.seq}) on one connection`,
        )
      }
    }
  }
}

/** Nobody sees what is not kept: not what nobody sent, not what was refused, not what came to nothing in the end. */
function checkSeen(
  stored: Map<string, Sighting[]>,
  {
    observation: { observer, sightings },
    sends,
  }: { observation: Observation; sends: ReadonlyMap<string, Send> },
  report: Report,
): void {
  const kept = new Set<string>()
  for (const list of stored.values()) for (const { id } of list) if (id !== undefined) kept.add(id)
  const seen = new Map<string, number>()
  for (const { chat, seq, id } of sightings) {
    if (id === undefined) continue
    const before = seen.get(id)
    if (before !== undefined && before !== seq)
      report('doubled', `${observer} saw ${id} at ${chat} ${before} and at ${seq}`)
    seen.set(id, seq)
    if (kept.has(id)) continue
    const send = sends.get(id)
    const verdict = send && verdictOf(send)
    if (verdict === 'unknown')
      report(
        'undecided',
        `${observer} saw ${id} at ${chat} ${seq}, whose outcome is unknown, and it is not stored`,
      )
    else if (verdict !== 'ok')
      report(
        'phantom',
        `${observer} saw ${id} at ${chat} ${seq}, which ${send ? 'was refused' : 'nobody sent'}`,
      )
  }
}

/** What is seen of a chat is one piece of what is stored, from the first to the last, each once. */
function checkObservation(
  stored: Map<string, Sighting[]>,
  { observer, sightings, complete, since = {} }: Observation,
  report: Report,
): void {
  const rows = new Map<string, Sighting>()
  for (const list of stored.values())
    for (const row of list) rows.set(`${row.chat} ${row.seq}`, row)
  const last = new Map(Object.entries(since))
  for (const { chat, seq, id, hash } of sightings) {
    const before = last.get(chat)
    if (before !== undefined && seq !== before + 1) {
      const rule = seq <= before ? 'observed otherwise' : 'observed incompletely'
      report(rule, `${observer} saw ${chat} ${seq} after ${before}`)
    }
    last.set(chat, seq)
    const row = rows.get(`${chat} ${seq}`)
    if (!row || row.id !== id || row.hash !== hash) {
      report(
        'observed otherwise',
        `${observer} saw ${id ?? 'an event'} (${hash}) at ${chat} ${seq}, stored is ${row ? `${row.id ?? 'an event'} (${row.hash})` : 'nothing'}`,
      )
    }
  }
  if (!complete) return
  for (const [chat, seq] of last) {
    const head = stored.get(chat)?.at(-1)?.seq ?? 0
    if (seq !== head)
      report('observed incompletely', `${observer} saw ${chat} up to ${seq}, stored is ${head}`)
  }
}
