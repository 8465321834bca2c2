import { describe, expect, test } from 'vitest'
import {
  blankRow,
  settled,
  shownState,
  toOwn,
  toPresence,
  withOwn,
  type Devices,
  type OwnChange,
  type PresenceRow,
} from './rules.ts'

const START = '2026-01-01T10:00:00.000Z'
const LATER = '2026-01-01T11:00:00.000Z'
const here: Devices = { idle: false }
const idle: Devices = { idle: true }
const nowhere: Devices = undefined

describe('what others see', () => {
  test.each([
    ['available', here, 'available'],
    ['available', idle, 'away'],
    ['available', nowhere, 'offline'],
    ['away', here, 'away'],
    ['away', idle, 'away'],
    ['away', nowhere, 'offline'],
    ['dnd', here, 'dnd'],
    ['dnd', idle, 'dnd'],
    ['dnd', nowhere, 'offline'],
    ['invisible', here, 'offline'],
    ['invisible', idle, 'offline'],
    ['invisible', nowhere, 'offline'],
  ] as const)('of one who chose %s and is %o is %s', (chosen, devices, state) => {
    expect(shownState(chosen, devices)).toBe(state)
  })
})

interface Step {
  own?: OwnChange
  devices: Devices
  now?: string
}

/** The rows after each step. */
function after(...steps: Step[]): PresenceRow[] {
  let row = blankRow('ada', START)
  return steps.map(({ own = {}, devices, now = START }) => {
    row = settled({ before: row, after: withOwn(row, own, now) }, { devices, now })
    return row
  })
}

describe('a change', () => {
  test('takes a number when others see it, and none when they do not', () => {
    const rows = after(
      { devices: here },
      { devices: here },
      { devices: idle },
      { devices: idle, own: { showLastSeen: false } },
      { devices: idle, own: { state: 'invisible' } },
      { devices: here, own: { data: { page: '/' } } },
      { devices: nowhere },
      { devices: nowhere, own: { state: 'dnd' } },
    )
    expect(rows.map(({ rev }) => rev)).toEqual([1, 1, 2, 2, 3, 3, 3, 3])
  })

  test('of the state begins it anew, and one of the status does not', () => {
    const [came, said, left] = after(
      { devices: here },
      { devices: here, own: { status: 'Lunch' }, now: LATER },
      { devices: nowhere, now: LATER },
    )
    expect([came, said, left].map((row) => row?.since)).toEqual([START, START, LATER])
    expect(toPresence(left!)).toEqual({
      username: 'ada',
      rev: 3,
      state: 'offline',
      status: 'Lunch',
      since: LATER,
      lastSeenAt: LATER,
    })
  })

  test('to invisible leaves what leaving would', () => {
    const gone = after({ devices: here }, { devices: nowhere, now: LATER })[1]!
    const hidden = after(
      { devices: here },
      { devices: here, own: { state: 'invisible' }, now: LATER },
    )[1]!
    expect(toPresence(hidden)).toEqual(toPresence(gone))
  })

  test('to connecting unseen for the first time leaves nothing', () => {
    const [, came] = after(
      { devices: nowhere, own: { state: 'invisible' } },
      { devices: here, now: LATER },
    )
    expect(toPresence(came!)).toEqual({ username: 'ada', rev: 0, state: 'offline' })
  })
})

describe('what one says while one is invisible', () => {
  const said = { status: 'Secret', statusExpiresAt: LATER, showLastSeen: false }
  const rows = after(
    { devices: here, own: { status: 'Lunch' } },
    { devices: here, own: { state: 'invisible' } },
    { devices: here, own: said },
    { devices: here, own: { status: 'Secrets' } },
    { devices: nowhere },
    { devices: here, own: { state: 'available' } },
  )

  test('is shown when one is so no more, and not before', () => {
    expect(rows.map(({ rev }) => rev)).toEqual([1, 2, 2, 2, 2, 3])
    for (const row of rows.slice(1, 5)) expect(toPresence(row)).toEqual(toPresence(rows[1]!))
    expect(toPresence(rows[5]!)).toMatchObject({ status: 'Secrets' })
    expect(rows[5]).toMatchObject({ show_last_seen: 0, status_expires_at: LATER, unshown: null })
  })

  test('is what they know of themselves', () => {
    const own = { state: 'invisible', ...said, status: 'Secrets' }
    for (const row of rows.slice(3, 5)) expect(toOwn(row, START)).toEqual(own)
    const over = { state: 'invisible', showLastSeen: false }
    for (const row of rows.slice(3, 5)) expect(toOwn(row, LATER)).toEqual(over)
  })

  test('is not shown where it is said together with being so', () => {
    const [, hidden] = after(
      { devices: here },
      { devices: here, own: { state: 'invisible', ...said } },
    )
    expect(toPresence(hidden!)).not.toHaveProperty('status')
    expect(toPresence(hidden!)).toHaveProperty('lastSeenAt')
    expect(toOwn(hidden!, START)).toMatchObject({ state: 'invisible', ...said })
  })

  test('does not keep what is shown from its end', () => {
    const [, , over] = after(
      { devices: here, own: { status: 'Lunch', statusExpiresAt: LATER } },
      { devices: here, own: { state: 'invisible', status: null } },
      { devices: here, now: LATER },
    )
    expect(toPresence(over!)).toMatchObject({ state: 'offline', rev: 3 })
    expect(toPresence(over!)).not.toHaveProperty('status')
  })
})

describe('when one was last here', () => {
  const rows = after({ devices: here }, { devices: nowhere, now: LATER })

  test('is told while one is not, and not while one is', () => {
    expect(rows.map((row) => toPresence(row).lastSeenAt)).toEqual([undefined, LATER])
  })

  test('is not told by any field of one who does not let it be known', () => {
    const row = { ...rows[1]!, show_last_seen: 0 }
    expect(toPresence(row)).toEqual({ username: 'ada', rev: 2, state: 'offline' })
  })
})

describe('a status', () => {
  const until = LATER

  test('goes with its time', () => {
    const [said, over] = after(
      { devices: here, own: { status: 'Lunch', statusExpiresAt: until } },
      { devices: here, now: until },
    )
    expect(toOwn(said!, START)).toMatchObject({ status: 'Lunch', statusExpiresAt: until })
    expect(over).toMatchObject({ status: null, status_expires_at: null, rev: 2 })
  })

  test('takes its time along when it is taken away', () => {
    const [, none] = after(
      { devices: here, own: { status: 'Lunch', statusExpiresAt: until } },
      { devices: here, own: { status: null } },
    )
    expect(none).toMatchObject({ status: null, status_expires_at: null })
  })

  test('has no time without a text', () => {
    const [row] = after({ devices: here, own: { statusExpiresAt: until } })
    expect(row).toMatchObject({ status: null, status_expires_at: null, rev: 1 })
  })

  test('keeps its time when the text changes', () => {
    const [, row] = after(
      { devices: here, own: { status: 'Lunch', statusExpiresAt: until } },
      { devices: here, own: { status: 'Tea' } },
    )
    expect(row).toMatchObject({ status: 'Tea', status_expires_at: until })
  })
})
