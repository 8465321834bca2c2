import { whyNoCluster } from '../rig/cluster.ts'
import { connectLink, type Link } from '../rig/link.ts'
import { createGuest } from '../rig/person.ts'
import { until } from '../rig/until.ts'
import { withCluster, type ClusterScene } from './cluster-scene.ts'
import { noticed } from './f25-redis.ts'
import { assert, goesOn, type Fault } from './fault.ts'

const PEOPLE = 5
const GHOST_MS = 15_000

/** A node is killed while people of its are in a room; then all nodes are. */
export const nodeKilled: Fault = {
  id: 'F30',
  name: 'node-killed',
  promise:
    'Those whose node was killed have left their room for everybody else in 15 s, and for a whole cluster that was killed too',
  cycles: { whole: 10, small: 1 },
  whyNot: whyNoCluster,
  run: (size) =>
    withCluster({ senders: 2, watchers: 2, random: size.random }, async (scene) => {
      await noticed(scene, 'Redis is there')
      const since = performance.now()
      const [ghosts, afterAll]: [number[], number[]] = [[], []]
      for (let cycle = 0; goesOn(size, cycle, since); cycle++) {
        if (cycle % 2 === 0) ghosts.push(await oneNode(scene))
        else afterAll.push(await allNodes(scene))
        size.say(`ghosts for ${[...ghosts, ...afterAll].map(Math.round).join(', ')} ms`)
      }
      const longest = Math.max(...ghosts, ...afterAll)
      assert(longest < GHOST_MS, `ghosts were in a room for ${Math.round(longest)} ms`)
      await scene.verify()
      return {
        'people of a node that was killed': PEOPLE,
        'gone for the others after, ms': ghosts.map(Math.round).join(', '),
        'gone after all nodes were killed and started again, ms': afterAll
          .map(Math.round)
          .join(', '),
        ...scene.figures(),
      }
    }),
}

/** Answers how long those of a killed node were still seen, milliseconds. */
async function oneNode(scene: ClusterScene): Promise<number> {
  const { chatId, stays, people, close } = await roomWith(scene)
  scene.speak(10)
  await scene.cluster.killNode(scene.node(2))
  const since = performance.now()
  const left = () =>
    stays.items
      .filter(({ name }) => name === 'chat.memberLeft')
      .map(({ data }) => (data as { username: string }).username)
  await until(() => people.every((username) => left().includes(username)), {
    what: `all who were on the node have left; ${left().length} have`,
    within: GHOST_MS * 2,
    every: 50,
  })
  const took = performance.now() - since
  assert(left().length === people.length, `${left().join()} left, and ${people.length} were there`)
  const { items } = await stays.call('chat.listMembers', { chatId })
  assert(items.length === 1, `${items.length} are in the room, and one is there`)
  close()
  await scene.cluster.restartNode(scene.node(2))
  await scene.quiet()
  return took
}

/** The same when nobody is left to tell: until the database says so, milliseconds. */
async function allNodes(scene: ClusterScene): Promise<number> {
  const { chatId, close } = await roomWith(scene)
  const { cluster } = scene
  await Promise.all(cluster.nodes.map((node) => cluster.killNode(node)))
  close()
  const since = performance.now()
  const members = () =>
    cluster.postgres.query('select username from members where chat_id = $1', [chatId])
  assert((await members()).length === PEOPLE + 1, 'they were not in the room')
  await Promise.all(cluster.nodes.map((node) => cluster.restartNode(node)))
  await until(async () => (await members()).length === 0, {
    what: 'nobody is in the room',
    within: GHOST_MS * 2,
    every: 200,
  })
  const took = performance.now() - since
  await scene.quiet()
  return took
}

/** A room with one on the first node and some on the second. */
async function roomWith(scene: ClusterScene) {
  const [here, there] = [scene.node(1).service.url, scene.node(2).service.url]
  const stays = await connectLink(here, await createGuest(here, 'Stays'))
  const { chatId } = await stays.call('chat.createChat', { kind: 'room', visibility: 'public' })
  await stays.call('chat.joinChat', { chatId })
  const links: Link[] = []
  const people: string[] = []
  for (let n = 0; n < PEOPLE; n++) {
    const guest = await createGuest(there, `Guest ${n}`)
    const link = await connectLink(there, guest)
    await link.call('chat.joinChat', { chatId })
    links.push(link)
    people.push(guest.username)
  }
  const joined = () => stays.items.filter(({ name }) => name === 'chat.memberJoined').length
  // They see themselves come as well.
  await until(() => joined() > PEOPLE, { what: 'everybody is seen to come' })
  const close = () => {
    for (const link of [stays, ...links]) link.close()
  }
  return { chatId, stays, people, close }
}
