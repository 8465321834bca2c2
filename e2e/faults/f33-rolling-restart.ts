import { whyNoCluster, type ClusterNode } from '../rig/cluster.ts'
import { connectLink, type Link } from '../rig/link.ts'
import { createGuest, type Person } from '../rig/person.ts'
import { withCluster, type ClusterScene } from './cluster-scene.ts'
import { assert, goesOn, median, type Fault } from './fault.ts'
import { Keeper } from './keeper.ts'

const EXIT_MS = 20_000
/** The five seconds over which they are asked to come back, and three. */
const PAUSE_MS = 6000
const PEOPLE = 8

/** One node after the other is told to stop and started again, as a new version is brought in. */
export const rollingRestart: Fault = {
  id: 'F33',
  name: 'rolling-restart',
  promise:
    'While the nodes are restarted one after the other nothing is lost or doubled, and nobody waits long to speak',
  cycles: { whole: 60, small: 2 },
  whyNot: whyNoCluster,
  run: (size) =>
    withCluster({ senders: 8, watchers: 4, random: size.random }, async (scene) => {
      const room = await roomOf(scene)
      const since = performance.now()
      const [exits, pauses]: [number[], number[]] = [[], []]
      let done = 0
      for (; goesOn(size, done, since); done++) {
        const node = scene.cluster.nodes[done % scene.cluster.nodes.length]!
        await scene.settle()
        scene.speak(12)
        await scene.acknowledges(size.random.whole(5, 25))
        exits.push(await restart(scene, node))
        await scene.ready()
        await scene.acknowledges(10)
        await scene.quiet()
        pauses.push(scene.longestPause)
        size.say(
          `${node.name} ended in ${Math.round(exits.at(-1)!)} ms, longest pause ${Math.round(pauses.at(-1)!)} ms, left ${room.count('chat.memberLeft')}`,
        )
      }
      await scene.verify()
      assert(Math.max(...exits) < EXIT_MS, `a node took ${Math.max(...exits)} ms to end`)
      assert(room.count('chat.memberLeft') === 0, 'somebody was seen to leave the room')
      assert(Math.max(...pauses) < PAUSE_MS, `somebody waited ${Math.max(...pauses)} ms`)
      return {
        'nodes restarted': done,
        ...scene.figures(),
        'times somebody came back': scene.returns,
        'end of a node, ms (median, longest)': `${Math.round(median(exits))}, ${Math.round(Math.max(...exits))}`,
        'longest send pause, ms (median, longest)': `${Math.round(median(pauses))}, ${Math.round(Math.max(...pauses))}`,
        'people in a room': PEOPLE,
        'seen to leave it and to come back': `${room.count('chat.memberLeft')}, ${room.count('chat.memberJoined')}`,
      }
    }),
}

async function restart({ cluster }: ClusterScene, node: ClusterNode): Promise<number> {
  const since = performance.now()
  const { code, signal } = await cluster.stopNode(node)
  const took = performance.now() - since
  assert(code === 0, `${node.name} ended with ${code} ${signal}: ${node.service.output()}`)
  await cluster.restartNode(node)
  return took
}

/** People in a room who come back to it; counts what the first of them is told. */
async function roomOf(scene: ClusterScene) {
  let chatId = ''
  const seen: string[] = []
  for (let n = 0; n < PEOPLE; n++) {
    const person = await createGuest(scene.cluster.urls[0]!, `In the room ${n}`)
    if (n === 0) chatId = await makeRoom(scene.cluster.urls[0]!, person)
    let link: Link | undefined
    const keeper = new Keeper({
      place: n,
      urls: () => scene.cluster.urls,
      link: () => link!,
      leave: () => link?.close(),
      chance: () => 0.5,
      async connect(url) {
        link = await connectLink(url, person)
        await link.call('chat.joinChat', { chatId })
        if (n === 0) link.onItems((items) => seen.push(...items.map(({ name }) => name)))
      },
    })
    scene.keep(keeper)
    await keeper.ready()
  }
  seen.length = 0
  return {
    count: (name: string) => seen.filter((each) => each === name).length,
  }
}

async function makeRoom(url: string, person: Person): Promise<string> {
  const link = await connectLink(url, person)
  const { chatId } = await link.call('chat.createChat', { kind: 'room', visibility: 'public' })
  link.close()
  return chatId
}
