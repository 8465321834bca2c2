import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What the write-ahead log grows to between two checkpoints, and as much again for the checkpoint itself. */
const ROOM_BYTES = 16 * 1024 * 1024

/** Why a database file cannot grow much longer, or nothing. */
export async function spaceTrouble(file: string): Promise<'storage_full' | undefined> {
  const { bavail, bsize } = await statfs(dirname(file))
  return bavail * bsize < ROOM_BYTES ? 'storage_full' : undefined
}
