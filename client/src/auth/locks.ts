/** A lock that is held until it is let go. */
export interface HeldLock {
  /** Resolved once it is held; where the browser has no locks, at once. */
  readonly held: Promise<void>
  /** Lets it go, or the wish for it. */
  release(): void
}

export function holdLock(name: string): HeldLock {
  const { promise: over, resolve: release } = Promise.withResolvers<void>()
  const { promise: held, resolve: isHeld } = Promise.withResolvers<void>()
  void withLock(name, () => {
    isHeld()
    return over
  })
  return { held, release }
}

/**
 * Runs a task that only one tab may run at a time; where the browser has no locks, at once.
 * With `ifAvailable` the task gets `false` when another tab runs it.
 */
export async function withLock<T>(
  name: string,
  task: (held: boolean) => Promise<T>,
  ifAvailable = false,
): Promise<T> {
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks
  if (!locks) return task(true)
  return locks.request(`collab:${name}`, { ifAvailable }, (lock) => task(lock !== null))
}
