import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PRELOAD = fileURLToPath(new URL('failpoint-preload.ts', import.meta.url))

/** Where a process ended itself. */
export interface Fired {
  pid: number
  /** The thread that did it. */
  where: string
}

/** Ends a service after a COMMIT has returned and before its acknowledgement leaves. */
export interface Failpoint {
  /** With this a service has the failpoint. Several may share it: one of them ends. */
  readonly env: Record<string, string>
  /** The commit that stores an event with this text (ASCII) is the last of its process. */
  arm(text: string): void
  /** What the process left behind when it ended itself, since it was armed. */
  fired(): Fired | undefined
  close(): void
}

export function createFailpoint(): Failpoint {
  const folder = mkdtempSync(join(tmpdir(), 'collab-failpoint-'))
  const [armed, fired] = [join(folder, 'armed'), join(folder, 'fired')]
  return {
    // Not a flag: threads are given flags of their own, and read this all the same.
    env: { NODE_OPTIONS: `--import=${PRELOAD}`, FAILPOINT_FOLDER: folder },
    arm(text) {
      rmSync(fired, { force: true })
      writeFileSync(armed, text)
    },
    fired: () =>
      existsSync(fired) ? (JSON.parse(readFileSync(fired, 'utf8')) as Fired) : undefined,
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
