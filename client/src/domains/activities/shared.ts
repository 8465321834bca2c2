import type { ErrorShape, SharedEntry, StateValue } from '@collab-kit/protocol'
import type { ConflictPolicy } from './handle.ts'
import type { SharedConflict, SharedValue } from './model.ts'

// The shared state as two know it: what the service said last, and what was changed here since. Pure.

/** A wish for a key; without a value that it be gone. */
export interface Wish {
  value?: StateValue
}

/** What the service says of a key: its value, or none where the key is gone. */
export interface Told extends Wish {
  version: number
  by?: string | undefined
}

/** A change made here that the service has not confirmed. */
export interface Change {
  wish: Wish
  /** Position of the value that it was made on; 0 for none. */
  base: number
  commandId: string
  /** `asking`: it met somebody else's, and waits to be settled. */
  state: 'queued' | 'sending' | 'asking'
  /** It was sent once and may have taken effect: it is sent as it was. */
  sent: boolean
  /** A newer wish, which follows. */
  next?: Wish
}

export interface Shared {
  truth: Readonly<Record<string, SharedValue>>
  changes: Readonly<Record<string, Change>>
  conflicts: Readonly<Record<string, SharedConflict>>
  /** Why a key has not become what was wished last. */
  refused: Readonly<Record<string, ErrorShape>>
  /** Everything is to go; changes are made after that. */
  clear?: { commandId: string; state: 'queued' | 'sending' }
}

export const nothingShared: Shared = { truth: {}, changes: {}, conflicts: {}, refused: {} }

/** What a page shows. @param before What it showed until now, kept where nothing changed */
export function viewOf(
  { truth, changes, clear }: Shared,
  before: Readonly<Record<string, SharedValue>> = {},
): Readonly<Record<string, SharedValue>> {
  const pending = Object.entries(changes)
  if (!pending.length && !clear) return truth
  const view: Record<string, SharedValue> = clear ? {} : { ...truth }
  for (const [key, change] of pending) {
    const { value } = latest(change)
    if (value === undefined) delete view[key]
    else view[key] = toPending(value, truth[key]?.version ?? 0, before[key])
  }
  return view
}

/** A key is changed here. */
export function wished(
  shared: Shared,
  key: string,
  { wish, commandId }: { wish: Wish; commandId: string },
): Shared {
  const { truth, changes, clear } = shared
  const change = changes[key]
  if (change?.state === 'asking')
    return withConflict(
      withChange(shared, key, { ...change, wish, commandId }),
      key,
      toConflict(wish, truth[key]),
    )
  const next = {
    ...shared,
    conflicts: without(shared.conflicts, key),
    refused: without(shared.refused, key),
  }
  if (change && (change.sent || change.state === 'sending'))
    return withChange(next, key, { ...change, next: wish })
  const base = clear ? 0 : (truth[key]?.version ?? 0)
  // Nothing is taken away.
  if (!change && !base && wish.value === undefined) return next
  return withChange(next, key, {
    base,
    ...change,
    wish,
    commandId,
    state: 'queued',
    sent: false,
  })
}

/** Everything is taken away here. */
export const wiped = (shared: Shared, commandId: string): Shared => ({
  ...shared,
  changes: {},
  conflicts: {},
  refused: {},
  clear: { commandId, state: 'queued' },
})

export const sending = (shared: Shared, key: string): Shared =>
  patchChange(shared, key, (change) => ({ ...change, state: 'sending', sent: true }))

/**
 * The service took a change: a value with its version, or that the key is gone.
 * @param position Up to where events were heard: what came before that is known, and what became of it
 */
export function confirmed(
  shared: Shared,
  key: string,
  {
    version,
    by,
    commandId,
    position,
  }: { version?: number; by: string | undefined; commandId: string; position: number },
): Shared {
  const change = shared.changes[key]
  if (!change) return shared
  const { wish, base, next } = change
  const known = shared.truth[key]
  let { truth } = shared
  if (wish.value === undefined) {
    if (known && known.version <= base) truth = without(truth, key)
  } else if (version !== undefined && version > Math.max(known?.version ?? 0, position)) {
    truth = { ...truth, [key]: toValue(wish.value, version, by) }
  }
  const after = { ...shared, truth }
  if (!next) return withChange(after, key, undefined)
  return withChange(after, key, {
    wish: next,
    base: version ?? 0,
    commandId,
    state: 'queued',
    sent: false,
  })
}

/** The service does not take a change for good: what it said last is true, unless something newer is wished. */
export function refusedChange(
  shared: Shared,
  key: string,
  { error, commandId }: { error: ErrorShape; commandId: string },
): Shared {
  const change = shared.changes[key]
  if (!change?.next) {
    const refused = { ...shared.refused, [key]: error }
    return withChange({ ...shared, refused }, key, undefined)
  }
  const { next: wish, base } = change
  return withChange(shared, key, { wish, base, commandId, state: 'queued', sent: false })
}

/** A change comes again later. @param arrived Whether it may have taken effect */
export const postponed = (shared: Shared, key: string, arrived: boolean): Shared =>
  patchChange(shared, key, (change) => {
    if (arrived) return { ...change, state: 'queued' }
    const { next, ...rest } = change
    return { ...rest, ...(next && { wish: next }), state: 'queued', sent: false }
  })

/** Somebody else was faster: the service has another value, or none. */
export function conflicted(
  shared: Shared,
  key: string,
  {
    theirs,
    version,
    policy,
    commandId,
    position,
  }: {
    theirs: Wish
    version: number
    policy: ConflictPolicy
    commandId: string
    position: number
  },
): Shared {
  const change = shared.changes[key]
  if (!change) return shared
  const known = shared.truth[key]
  // Old news where something later is known.
  const isOld = version ? version <= position : known && known.version > change.base
  const after = isOld ? shared : told(shared, key, { ...theirs, version })
  const now = after.truth[key]
  const wish = latest(change)
  if (isSame(wish, now ?? {})) return withChange(after, key, undefined)
  const noted = withConflict(after, key, toConflict(wish, now))
  if (policy === 'theirs') return withChange(noted, key, undefined)
  const state = policy === 'ask' ? 'asking' : 'queued'
  return withChange(noted, key, { wish, base: now?.version ?? 0, commandId, state, sent: false })
}

/** The service says what a key is now, without a value that it is gone. */
export function heard(shared: Shared, key: string, of: Told): Shared {
  const now = told(shared, key, of)
  const after = now === shared ? shared : { ...now, refused: without(now.refused, key) }
  const conflict = after.conflicts[key]
  if (!conflict) return after
  if (after.changes[key]?.state === 'asking') return asked(after, key)
  // Whose it was is told by the event alone.
  const { by, version } = of
  if (conflict.version !== version || by === undefined) return after
  return withConflict(after, key, { ...conflict, by })
}

/** What was cleared here is cleared, as far as it was known. @param upTo Position known when it was sent */
export function clearConfirmed({ clear: _clear, ...shared }: Shared, upTo: number): Shared {
  const truth = Object.fromEntries(
    Object.entries(shared.truth).filter(([, each]) => each.version > upTo),
  )
  return Object.keys(shared.changes).reduce(asked, { ...shared, truth })
}

/** Everything the service has now. */
export function loaded(shared: Shared, entries: readonly SharedEntry[]): Shared {
  const truth = Object.fromEntries(
    entries.map(({ key, value, version, by }) => {
      const known = shared.truth[key]
      const isKnown = known?.version === version && (by === undefined || known.by === by)
      return [key, isKnown ? known : toValue(value, version, by)]
    }),
  )
  return Object.keys(shared.changes).reduce(asked, { ...shared, truth })
}

/** A conflict is settled. */
export function resolved(
  shared: Shared,
  key: string,
  { whose, commandId }: { whose: 'mine' | 'theirs'; commandId: string },
): Shared {
  const conflict = shared.conflicts[key]
  if (!conflict) return shared
  const after = { ...shared, conflicts: without(shared.conflicts, key) }
  const change = shared.changes[key]
  if (change?.state === 'asking')
    return withChange(
      after,
      key,
      whose === 'mine'
        ? { ...change, base: conflict.version, commandId, state: 'queued' }
        : undefined,
    )
  const wish = toWish(whose === 'mine' ? conflict.mine : conflict.theirs)
  const now = change ? latest(change) : toWish(shared.truth[key]?.value)
  return isSame(wish, now) ? after : wished(after, key, { wish, commandId })
}

/** The last position that is known of. */
export const positionOf = ({ truth }: Shared): number =>
  Object.values(truth).reduce((last, { version }) => Math.max(last, version), 0)

export const latest = ({ wish, next }: Change): Wish => next ?? wish

/** What the service says of a key, unless something later is known. */
function told(shared: Shared, key: string, { value, version, by }: Told): Shared {
  const known = shared.truth[key]
  if (known && version > 0 && version < known.version) return shared
  if (value === undefined) return known ? { ...shared, truth: without(shared.truth, key) } : shared
  if (known?.version === version && (by === undefined || known.by === by)) return shared
  return { ...shared, truth: { ...shared.truth, [key]: toValue(value, version, by) } }
}

/** A conflict that waits shows what the service has now; none is left when that is what was wished. */
function asked(shared: Shared, key: string): Shared {
  const change = shared.changes[key]
  if (change?.state !== 'asking') return shared
  const known = shared.truth[key]
  const wish = latest(change)
  if (isSame(wish, known ?? {}))
    return withChange({ ...shared, conflicts: without(shared.conflicts, key) }, key, undefined)
  return withConflict(shared, key, toConflict(wish, known))
}

const withConflict = (shared: Shared, key: string, conflict: SharedConflict): Shared => ({
  ...shared,
  conflicts: { ...shared.conflicts, [key]: conflict },
})

const toConflict = ({ value: mine }: Wish, theirs: SharedValue | undefined): SharedConflict => ({
  version: theirs?.version ?? 0,
  ...(mine !== undefined && { mine }),
  ...(theirs && { theirs: theirs.value }),
  ...(theirs?.by !== undefined && { by: theirs.by }),
})

const toValue = (value: StateValue, version: number, by: string | undefined): SharedValue => ({
  value,
  version,
  ...(by !== undefined && { by }),
})

const toWish = (value: StateValue | undefined): Wish => (value === undefined ? {} : { value })

/** What is shown of a change, the same for as long as it is. */
const toPending = (
  value: StateValue,
  version: number,
  before: SharedValue | undefined,
): SharedValue =>
  before?.pending && before.value === value && before.version === version
    ? before
    : { value, version, pending: true }

const isSame = (a: Wish, b: Wish) => JSON.stringify(a.value) === JSON.stringify(b.value)

function withChange(shared: Shared, key: string, change: Change | undefined): Shared {
  if (!change && !shared.changes[key]) return shared
  const changes = without(shared.changes, key)
  return { ...shared, changes: change ? { ...changes, [key]: change } : changes }
}

function patchChange(shared: Shared, key: string, patch: (change: Change) => Change): Shared {
  const change = shared.changes[key]
  return change ? withChange(shared, key, patch(change)) : shared
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!Object.hasOwn(record, key)) return record
  const { [key]: _gone, ...rest } = record
  return rest
}
