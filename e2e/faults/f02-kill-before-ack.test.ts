import { expect, test } from 'vitest'
import { createRandom } from '../rig/random.ts'
import { killEmbedded } from './f02-kill-before-ack.ts'

const once = { cycles: 1, random: createRandom(1), say: () => {} }

test('a repetition with an id of its own is found: the message is stored twice', async () => {
  const habits = { again: (id: string) => `${id}-again`, armed: true }
  await expect(killEmbedded(once, habits)).rejects.toThrow(/stored 2 times/)
})

test('a service that answers instead of being killed is found', async () => {
  const habits = { again: (id: string) => id, armed: false }
  await expect(killEmbedded(once, habits)).rejects.toThrow(/did not fire.*acknowledged/)
})
