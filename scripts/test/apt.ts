import type { SpawnOptions } from 'node:child_process'
import { type Outcome, run } from './child.ts'

let last: Promise<unknown> = Promise.resolve()

/** Runs apt-get without questions; one at a time, for a second finds its files locked and gives up. */
export function aptGet(args: string[], options: SpawnOptions = {}): Promise<Outcome> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const mine = last.then(() => run('apt-get', args, { ...options, env }))
  last = mine
  return mine
}
