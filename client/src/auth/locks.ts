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
