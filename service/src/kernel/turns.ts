/** Runs tasks one after the other, in the order they were given. */
export function createTurns(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const next = last.then(task)
    // The chain goes on whatever becomes of one link; its caller sees the error.
    last = next.catch(() => {})
    return next
  }
}
