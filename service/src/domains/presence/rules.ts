import type { OwnPresence, Presence } from '@collab-kit/protocol'
import type { Selectable } from 'kysely'
import type { Database } from '../../kernel/schema.ts'

export type PresenceRow = Selectable<Database['presence']>

/** From where a person is here: nothing at all, or whether nobody is at any of the devices. */
export type Devices = { idle: boolean } | undefined

/** What others see of a person. */
export function shownState(chosen: PresenceRow['chosen'], devices: Devices): PresenceRow['state'] {
  if (!devices || chosen === 'invisible') return 'offline'
  return chosen === 'available' && devices.idle ? 'away' : chosen
}

/** One who has said nothing and was never here. */
export const blankRow = (username: string, now: string): PresenceRow => ({
  username,
  rev: 0,
  chosen: 'available',
  state: 'offline',
  status: null,
  status_expires_at: null,
  data: null,
  show_last_seen: 1,
  unshown: null,
  since: now,
  last_seen_at: null,
  changed_at: 0,
})

/** What a person says of themselves; what is left out stays, `null` takes it away. */
export interface OwnChange {
  state?: OwnPresence['state'] | undefined
  status?: string | null | undefined
  statusExpiresAt?: string | null | undefined
  data?: Record<string, unknown> | null | undefined
  showLastSeen?: boolean | undefined
}

const isOver = (until: string | null, now: string): boolean =>
  until !== null && Date.parse(until) <= Date.parse(now)

/** Without a status whose time is over. */
export const withoutExpired = <R extends Pick<PresenceRow, 'status' | 'status_expires_at'>>(
  row: R,
  now: string,
): R =>
  isOver(row.status_expires_at, now) ? { ...row, status: null, status_expires_at: null } : row

/** What is shown of those who are not here too. */
type Said = Pick<PresenceRow, 'status' | 'status_expires_at' | 'show_last_seen'>

/** The row as its person knows it: what they said last, shown or not. */
const asSaid = ({ unshown, ...row }: PresenceRow): PresenceRow => ({
  ...row,
  ...(unshown !== null && (JSON.parse(unshown) as Said)),
  unshown: null,
})

/** The row as its person wants it: what they say while they are invisible is shown when they are not any more. */
export function withOwn(before: PresenceRow, change: OwnChange, now: string): PresenceRow {
  const after = said(withoutExpired(asSaid(before), now), change)
  if (after.chosen !== 'invisible') return after
  const { status, status_expires_at, show_last_seen } = after
  const { status: shown, status_expires_at: until, show_last_seen: lastSeen } = before
  const own = JSON.stringify({ status, status_expires_at, show_last_seen })
  const seen = { status: shown, status_expires_at: until, show_last_seen: lastSeen }
  return { ...after, ...seen, unshown: own === JSON.stringify(seen) ? null : own }
}

function said(row: PresenceRow, change: OwnChange): PresenceRow {
  const { state, status, statusExpiresAt, data, showLastSeen } = change
  const after = {
    ...row,
    ...(state !== undefined && { chosen: state }),
    ...(status !== undefined && { status }),
    ...(statusExpiresAt !== undefined && {
      status_expires_at: statusExpiresAt && new Date(statusExpiresAt).toISOString(),
    }),
    ...(data !== undefined && { data: data && JSON.stringify(data) }),
    ...(showLastSeen !== undefined && { show_last_seen: showLastSeen ? 1 : 0 }),
  }
  return after.status === null ? { ...after, status_expires_at: null } : after
}

/** What others see of a row, as it stands. */
export function toPresence(row: PresenceRow): Presence {
  const here = row.state !== 'offline'
  const times = here
    ? { since: row.since }
    : row.show_last_seen > 0 &&
      row.last_seen_at !== null && { since: row.since, lastSeenAt: row.last_seen_at }
  return {
    username: row.username,
    rev: row.rev,
    state: row.state,
    ...(row.status !== null && { status: row.status }),
    // What an app attaches follows what its person does: it would tell of the invisible.
    ...(here && row.data !== null && { data: JSON.parse(row.data) as Record<string, unknown> }),
    ...times,
  }
}

/** What a person sees of themselves. */
export function toOwn(row: PresenceRow, now: string): OwnPresence {
  const own = withoutExpired(asSaid(row), now)
  return {
    state: own.chosen,
    ...(own.status !== null && { status: own.status }),
    ...(own.status_expires_at !== null && { statusExpiresAt: own.status_expires_at }),
    ...(own.data !== null && { data: JSON.parse(own.data) as Record<string, unknown> }),
    showLastSeen: own.show_last_seen > 0,
  }
}

/** What others see of one of whom they may not know, or who never was here. */
export const unknown = (username: string): Presence => ({ username, rev: 0, state: 'offline' })

const shown = (row: PresenceRow): string => JSON.stringify(toPresence({ ...row, rev: 0 }))

/**
 * The row that follows: what its person wants, folded with where they are here from. `rev` rises by one when others see
 * something else, and by nothing that they do not see.
 */
export function settled(
  { before, after = before }: { before: PresenceRow; after?: PresenceRow },
  { devices, now }: { devices: Devices; now: string },
): PresenceRow {
  const state = shownState(after.chosen, devices)
  const row = {
    ...withoutExpired(after, now),
    state,
    since: state === before.state ? before.since : now,
    last_seen_at: state === 'offline' && before.state !== 'offline' ? now : before.last_seen_at,
  }
  return shown(row) === shown(before) ? row : { ...row, rev: before.rev + 1 }
}

/** Whether anything of a row is to be written. */
export const differ = (one: PresenceRow, other: PresenceRow): boolean =>
  JSON.stringify(one) !== JSON.stringify(other)
