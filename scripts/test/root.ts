import { join, resolve } from 'node:path'

/** The folder of the repository. */
export const ROOT = resolve(import.meta.dirname, '../..')
/** What tests bring and may find again the next time. */
export const CACHE = join(ROOT, 'node_modules/.cache/collab-kit')
/** A program of a development dependency. */
export const bin = (name: string) => join(ROOT, 'node_modules/.bin', name)
