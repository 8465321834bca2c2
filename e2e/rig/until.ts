import { setTimeout as delay } from 'node:timers/promises'

export interface UntilOptions {
  /** What is waited for, for the message. */
  what: string
  /** How long at most, milliseconds. Default 20 s. */
  within?: number
  /** How often it is asked, milliseconds. Default 10. */
  every?: number
}

/** Resolves with the first answer that is not false or undefined; throws when there is none in time. */
export async function until<T>(
  ask: () => T | Promise<T>,
  { what, within = 20_000, every = 10 }: UntilOptions,
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + within
  for (;;) {
    const answer = await ask()
    if (answer !== false && answer !== undefined) return answer as Exclude<T, false | undefined>
    if (performance.now() > deadline) throw new Error(`not within ${within} ms: ${what}`)
    await delay(every)
  }
}
