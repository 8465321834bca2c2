import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { SERVICE } from '../rig/service-process.ts'

export interface Finished {
  code: number | null
  /** What was printed, to either side. */
  output: string
}

/** A folder in which somebody types commands, and `collab` is one. */
export class Shell implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'collab-shell-'))
  readonly #env: NodeJS.ProcessEnv
  readonly #groups = new Set<number>()

  constructor(env: Readonly<Record<string, string>> = {}, programs = '') {
    const bin = join(this.folder, 'bin')
    mkdirSync(bin)
    const words = [process.execPath, ...SERVICE].map((word) => `'${word}'`).join(' ')
    // `exec`: who ends the command ends the service.
    writeFileSync(join(bin, 'collab'), `#!/bin/sh\nexec ${words} "$@"\n`)
    chmodSync(join(bin, 'collab'), 0o755)
    const ours = /^(COLLAB_|PG|VITEST|NODE_OPTIONS$|PORT$)/
    const others = Object.entries(process.env).filter(([name]) => !ours.test(name))
    const path = [bin, process.env['PATH'], programs].filter(Boolean).join(delimiter)
    this.#env = { ...Object.fromEntries(others), PATH: path, ...env }
  }

  /** Types a script, and what it asks for; answers when it has ended. */
  async type(script: string, { input = '' } = {}): Promise<Finished> {
    const child = spawn('sh', ['-e', '-c', script], {
      cwd: this.folder,
      env: this.#env,
      stdio: ['pipe', 'pipe', 'pipe'],
      // Without a terminal programs read passwords from where everything else comes from.
      detached: true,
    })
    const { pid } = child
    if (pid !== undefined) this.#groups.add(pid)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (output += String(chunk)))
    }
    // It may end without having read it.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    if (pid !== undefined) this.#groups.delete(pid)
    return { code, output }
  }

  /** The settings that a script makes. */
  async settings(script: string): Promise<Record<string, string>> {
    const tell = `exec '${process.execPath}' -p 'JSON.stringify(process.env)'`
    const { output } = await this.type(`set -a\n${script}\n${tell}`)
    const all = JSON.parse(output) as Record<string, string>
    return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('COLLAB_')))
  }

  [Symbol.dispose](): void {
    for (const group of this.#groups) {
      try {
        process.kill(-group, 'SIGKILL')
      } catch {
        // It has ended meanwhile.
      }
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
