import { expect, test } from 'vitest'
import { createRandom } from '../rig/random.ts'
import { reloads } from './f42-reload.ts'

/** Runs in the page: what is kept of a message names it otherwise than it was sent. */
function keepUnderAnotherId(): void {
  const { put } = IDBObjectStore.prototype
  IDBObjectStore.prototype.put = function (value, key) {
    const { message } = value as { message?: { clientMessageId: string } }
    const id = message?.clientMessageId
    if (!message || id === undefined || id.startsWith('other-') || typeof key !== 'string')
      return put.call(this, value, key)
    const other = `other-${id}`
    const renamed = { ...value, message: { ...message, clientMessageId: other } }
    return put.call(this, renamed, key.replace(id, other))
  }
}

test('an outbox that gives a message another id is found: it is doubled', async () => {
  const once = { cycles: 1, random: createRandom(1), say: () => {} }
  const script = `(${keepUnderAnotherId.toString()})()`
  await expect(reloads(once, script)).rejects.toThrow(/doubled/)
})
