import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Run a program of the system; throws with what it said. */
export async function run(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute(command, args)
  return stdout
}

/** Whether a program is there. */
export async function hasProgram(name: string): Promise<boolean> {
  try {
    await run('which', name)
    return true
  } catch {
    // `which` says no by failing.
    return false
  }
}

let whyNot: Promise<string | undefined> | undefined

/** Why file systems cannot be mounted here, or nothing when they can. */
export function whyNoMounts(): Promise<string | undefined> {
  return (whyNot ??= tryMount())
}

async function tryMount(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'it mounts file systems, which needs Linux'
  const scratch = mkdtempSync(join(tmpdir(), 'collab-mount-'))
  try {
    await run('truncate', '-s', '4M', join(scratch, 'image'))
    await run('mkfs.ext4', '-q', join(scratch, 'image'))
    mkdirSync(join(scratch, 'at'))
    await run('mount', '-o', 'loop', join(scratch, 'image'), join(scratch, 'at'))
    await run('umount', join(scratch, 'at'))
    return undefined
  } catch (error) {
    // Not root, a container without the right to mount, or no loop devices: the reason is told.
    return `it mounts file systems, which is not allowed here (${(error as Error).message.split('\n').at(-2) ?? ''})`
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** A file system of its own, gone afterwards. */
export interface Mount {
  readonly path: string
  remount(options: string): Promise<void>
  unmount(): Promise<void>
}

/** A small disk in memory. */
export async function mountMemory(path: string, megabytes: number): Promise<Mount> {
  mkdirSync(path, { recursive: true })
  await run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'collab-test', path)
  return toMount(path)
}

/** A disk in a file: ext4, as most servers have it. */
export async function makeImage(image: string, megabytes: number): Promise<void> {
  await run('truncate', '-s', `${megabytes}M`, image)
  await run('mkfs.ext4', '-q', '-F', image)
}

export async function mountImage(image: string, path: string): Promise<Mount> {
  mkdirSync(path, { recursive: true })
  await run('mount', '-o', 'loop', image, path)
  return toMount(path)
}

function toMount(path: string): Mount {
  let mounted = true
  return {
    path,
    remount: async (options) => {
      await run('mount', '-o', `remount,${options}`, path)
    },
    unmount: async () => {
      if (!mounted) return
      await run('umount', path)
      mounted = false
    },
  }
}
