import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a program of this name is: on PATH, or in one of the folders given. */
export function findProgram(name: string, folders: string[] = []): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name
  const path = (process.env['PATH'] ?? '').split(delimiter)
  return [...path, ...folders].map((folder) => join(folder, file)).find(isExecutable)
}

/** A server that speaks Redis, by either of its names. */
export const findRedis = (): string | undefined =>
  findProgram('redis-server') ?? findProgram('valkey-server')

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    // Absent, or not ours to run: as good as absent.
    return false
  }
}
