import { setTimeout as delay } from 'node:timers/promises'
import { whyNoCluster, type ClusterNode } from '../rig/cluster.ts'
import { createRandom, type Random } from '../rig/random.ts'
import { withCluster, type ClusterScene } from './cluster-scene.ts'
import { assert, type Fault, type Figures, type Size } from './fault.ts'

const SPEAKERS = 8
/** Of each, messages a second. */
const RATE = 12

type Trouble = 'node stopped' | 'node killed' | 'redis killed' | 'postgres stopped'
const TROUBLES: readonly Trouble[] = [
  'node stopped',
  'node killed',
  'redis killed',
  'postgres stopped',
]

/** One thing that goes wrong, by the seed alone. */
interface Round {
  trouble: Trouble
  /** The node it befalls. */
  node: number
  /** Messages of each speaker before it. */
  before: number
  /** How long what is gone stays away, milliseconds. */
  awayMs: number
}

/** Everything that can go wrong does, one after the other, on two nodes with a day's talk. */
export const weather: Fault = {
  id: 'F0',
  name: 'weather',
  promise:
    'On two nodes, whatever ends in the middle of the talk, all see one order with everything acknowledged in it once',
  // Seconds of a run.
  cycles: { whole: 600, small: 60 },
  whyNot: whyNoCluster,
  run: (size) =>
    withCluster({ senders: SPEAKERS, watchers: 4, random: size.random }, (scene) =>
      rounds(scene, size),
    ),
}

async function rounds(scene: ClusterScene, size: Size): Promise<Figures> {
  const { cycles, minutes, random, say } = size
  const started = performance.now()
  const ms = minutes === undefined ? cycles * 1000 : minutes * 60_000
  const schedule = plan(createRandom(random.seed))
  const pauses = new Map<Trouble, number[]>()
  const rates: number[] = []
  let done = 0
  for (const round of schedule) {
    const [since, before] = [performance.now(), scene.acknowledged]
    await scene.settle()
    scene.speak(RATE)
    await scene.acknowledges(round.before)
    await befall(scene, round)
    await scene.ready()
    await scene.acknowledges(10)
    rates.push((scene.acknowledged - before) / ((performance.now() - since) / 1000))
    await scene.quiet()
    const { longestPause } = scene
    pauses.set(round.trouble, [...(pauses.get(round.trouble) ?? []), longestPause])
    await scene.verify()
    done++
    say(
      `${done}. ${round.trouble} (${where(round)}, after ${round.before} each, for ${round.awayMs} ms): ` +
        `${scene.acknowledged} acknowledged, longest pause ${Math.round(longestPause)} ms`,
    )
    const elapsed = performance.now() - started
    // Where not even half of another round has its place.
    if (elapsed + elapsed / done / 2 > ms) break
  }
  return {
    rounds: done,
    'messages a second, acknowledged': Math.round(
      rates.reduce((sum, each) => sum + each, 0) / rates.length,
    ),
    ...scene.figures(),
    'times somebody came back': scene.returns,
    ...Object.fromEntries(
      [...pauses].map(([trouble, list]) => [
        `longest send pause, ${trouble}, ms`,
        list.map(Math.round).join(', '),
      ]),
    ),
  }
}

const where = ({ trouble, node }: Round) =>
  trouble.startsWith('node') ? `node ${node}` : 'all nodes'

/** Each kind once, in an order of chance, again and again. */
function* plan(random: Random): Generator<Round> {
  for (;;) {
    const left = [...TROUBLES]
    while (left.length > 0) {
      const [trouble] = left.splice(random.whole(0, left.length - 1), 1)
      yield {
        trouble: trouble!,
        node: random.whole(1, 2),
        before: random.whole(5, 30),
        awayMs: random.whole(200, 2500),
      }
    }
  }
}

/** Let it happen, and be over. */
async function befall(scene: ClusterScene, { trouble, node, awayMs }: Round): Promise<void> {
  const { cluster } = scene
  switch (trouble) {
    case 'node stopped':
      return stopped(scene, scene.node(node))
    case 'node killed':
      await cluster.killNode(scene.node(node))
      return cluster.restartNode(scene.node(node))
    case 'redis killed':
      await cluster.redis.kill()
      await delay(awayMs)
      return cluster.redis.start()
    case 'postgres stopped':
      await cluster.postgres.stop()
      await delay(awayMs)
      return cluster.postgres.start()
  }
}

async function stopped({ cluster }: ClusterScene, node: ClusterNode): Promise<void> {
  const { code, signal } = await cluster.stopNode(node)
  assert(code === 0, `${node.name} ended with ${code} ${signal}: ${node.service.output()}`)
  await cluster.restartNode(node)
}
