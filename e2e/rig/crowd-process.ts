import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface CrowdOrder {
  url: string
  tokens: readonly string[]
  /** The activity they are in. */
  name: { type: string; id: string }
  /** How often each of them moves. */
  perSecond: number
}

export interface CrowdReport {
  /** Positions told so far. */
  sent: number
  /** Those that the service did not take. */
  refused: number
}

/** People who are in an activity and move their pointers when they are told to. */
export interface CrowdProcess {
  /** Resolves once they have begun, or come to rest. */
  move(moving: boolean): Promise<CrowdReport>
  close(): Promise<void>
}

/** Resolves once all of them are in. */
export async function startCrowd(order: CrowdOrder): Promise<CrowdProcess> {
  const program = fileURLToPath(new URL('cursor-crowd.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--conditions=collab-kit-source', program, JSON.stringify(order)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  )
  const exited = once(child, 'exit')
  const told = async () => {
    const [report] = (await Promise.race([
      once(child, 'message'),
      exited.then(() => Promise.reject(new Error('the crowd ended before it was told to'))),
    ])) as [CrowdReport]
    return report
  }
  await told()
  return {
    move(moving) {
      const answer = told()
      child.send(moving)
      return answer
    },
    async close() {
      child.kill()
      await exited
    },
  }
}
