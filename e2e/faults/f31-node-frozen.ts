import { setTimeout as delay } from 'node:timers/promises'
import type { EventItem, Message } from '@collab-kit/protocol'
import { whyNoCluster } from '../rig/cluster.ts'
import { connectLink, type Link } from '../rig/link.ts'
import { createGuest, signOut } from '../rig/person.ts'
import { until } from '../rig/until.ts'
import { withCluster, type ClusterScene } from './cluster-scene.ts'
import { assert, assertNothing, goesOn, type Fault } from './fault.ts'

const RATE = 15
/** Shorter and longer than a node may be blind, than its lease lasts, and than its connections live. */
const FROZEN_MS = [7000, 2000, 13_000, 25_000]

/** A node is frozen; meanwhile somebody of its signs out and somebody leaves a chat, elsewhere; then it is thawed. */
export const nodeFrozen: Fault = {
  id: 'F31',
  name: 'node-frozen',
  promise:
    'A node that was frozen delivers nothing to those who lost their right to it meanwhile, and catches up with all the rest',
  cycles: { whole: 12, small: 1 },
  whyNot: whyNoCluster,
  run: (size) =>
    withCluster({ senders: 4, watchers: 2, random: size.random }, async (scene) => {
      const since = performance.now()
      const caughtUp: number[] = []
      let [done, late, meanwhile] = [0, 0, 0]
      for (; goesOn(size, done, since); done++) {
        const frozenMs = FROZEN_MS[done % FROZEN_MS.length]!
        const result = await freeze(scene, frozenMs)
        late += result.late
        meanwhile += result.meanwhile
        caughtUp.push(result.caughtUp)
        size.say(`frozen for ${frozenMs} ms, caught up after ${Math.round(result.caughtUp)} ms`)
      }
      await scene.verify()
      return {
        'frozen for, ms': FROZEN_MS.slice(0, Math.min(done, FROZEN_MS.length)).join(', '),
        'sent after the revocations': late,
        'of these delivered to whom they were no more for': 0,
        'said on the other node meanwhile': meanwhile,
        'from thawing until all is seen on that node, ms': caughtUp.map(Math.round).join(', '),
        ...scene.figures(),
      }
    }),
}

async function freeze(scene: ClusterScene, frozenMs: number) {
  const [first, second] = [scene.node(1), scene.node(2)]
  const [here, there] = [first.service.url, second.service.url]
  const owner = await connectLink(here, await createGuest(here, 'Owner'))
  const revoked = await createGuest(there, 'Revoked')
  const leaver = await createGuest(there, 'Leaver')
  const members = [revoked.username, leaver.username]
  const { chatId } = await owner.call('chat.createChat', {
    kind: 'channel',
    visibility: 'private',
    members,
  })
  const [revokedThere, leaverThere] = [
    await connectLink(there, revoked),
    await connectLink(there, leaver),
  ]
  const send = (n: string) =>
    owner.call('chat.sendMessage', { chatId, clientMessageId: `${chatId}-${n}`, body: n })
  await send('before')
  for (const link of [revokedThere, leaverThere])
    await until(() => ids(link.items).includes(`${chatId}-before`), { what: 'the first is seen' })
  scene.speak(RATE, 1)
  await scene.acknowledges(RATE)
  const frozenAt = performance.now()
  const acknowledged = scene.acknowledged
  scene.cluster.freezeNode(second)
  await signOut(here, revoked)
  const leaverHere = await connectLink(here, leaver)
  await leaverHere.call('chat.leaveChat', { chatId })
  const late: string[] = []
  for (let n = 0; n < 20; n++) {
    await send(`late-${n}`)
    late.push(`${chatId}-late-${n}`)
  }
  await delay(Math.max(0, frozenAt + frozenMs - performance.now()))
  await scene.acknowledges(RATE)
  const heads = await scene.heads()
  const meanwhile = scene.acknowledged - acknowledged
  scene.cluster.thawNode(second)
  const thawedAt = performance.now()
  await Promise.all(scene.listeners.map(({ watcher }) => watcher.sees(heads)))
  const caughtUp = performance.now() - thawedAt
  await until(() => !revokedThere.connected, { what: 'the revoked connection ends' })
  await scene.quiet()
  await removed(leaverThere, chatId)
  const wrong = [revokedThere, leaverThere].flatMap(({ items }) =>
    ids(items).filter((id) => late.includes(id)),
  )
  assertNothing('messages that came to those who had lost their right', wrong)
  assert(await stillThere(second.service.url), 'the node does not work')
  for (const link of [owner, leaverHere, leaverThere]) link.close()
  return { late: late.length, caughtUp, meanwhile }
}

const ids = (items: readonly EventItem[]): string[] =>
  items
    .filter(({ name }) => name === 'chat.messageSent')
    .map(({ data }) => (data as Message).clientMessageId)

/** They are told that the chat is none of theirs any more, or their connection did not survive. */
async function removed(link: Link, chatId: string): Promise<void> {
  const told = () =>
    link.items.some(
      ({ name, data }) =>
        name === 'streams.removed' && (data as { stream: string }).stream === `chat:${chatId}`,
    )
  await until(() => !link.connected || told(), { what: 'the leaver is told, or gone' })
}

const stillThere = async (url: string): Promise<boolean> => (await fetch(`${url}/healthz`)).ok
