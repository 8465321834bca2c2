import { vi } from 'vitest'

// A wait ends with the fact it waits for: how long it may take says only when a test is given up, and the second that
// Vitest allows is short on a machine that is busy with something else. It has no setting for it.

const PATIENCE_MS = 10_000

const patient = <Options extends object>(options?: number | Options) =>
  typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options }

const { waitFor, waitUntil } = vi
vi.waitFor = (callback, options) => waitFor(callback, patient(options))
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options))
