import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const SHELLS = new Set(['sh', 'dash', 'bash', '/bin/sh'])

/** Name and parent of a process, or undefined where the system does not tell. */
function describe(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return {
      name: /^Name:\s*(.+)$/m.exec(status)?.[1],
      parent: Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]),
    }
  } catch {
    // No /proc (macOS): ask ps below.
  }
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' })
  const [, parent, name] = /^\s*(\d+)\s+(.+?)\s*$/m.exec(stdout ?? '') ?? []
  return parent ? { name, parent: Number(parent) } : undefined
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // ESRCH: no such process.
    return false
  }
}

/**
 * npm killed outright tells nobody, and the `sh -c` between npm and us waits on: without this the service would
 * outlive its `npm start` and hold its port. Calls onGone once; answers how to stop watching.
 */
export function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return () => {}
  const parent = process.ppid
  const above = describe(parent)
  const npm = above && SHELLS.has(above.name) ? above.parent : parent
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(npm)) return
    clearInterval(timer)
    onGone()
  }, 500)
  timer.unref()
  return () => clearInterval(timer)
}
