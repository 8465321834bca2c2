import { until } from '../rig/until.ts'
import { assert, goesOn, median, type Fault, type Figures, type Size } from './fault.ts'
import { verdictOf } from './history.ts'
import { withScene, type Scene } from './scene.ts'

const SENDERS = 12
/** Of each person, messages a second: 300 in all. */
const RATE = 25

/** The service is killed in the middle of a burst, again and again. */
export const kill: Fault = {
  id: 'F1',
  name: 'kill',
  promise:
    'No acknowledged message is lost or doubled and no gap appears when the service is killed in mid-burst',
  cycles: { whole: 50, small: 5 },
  run: (size) => withScene({ senders: SENDERS, watchers: 3 }, (scene) => cycles(scene, size)),
}

async function cycles(scene: Scene, size: Size): Promise<Figures> {
  const { random, say } = size
  const since = performance.now()
  const recoveries: number[] = []
  const rates: number[] = []
  let resent = 0
  let done = 0
  await scene.start()
  for (; goesOn(size, done, since); done++) {
    await scene.connect()
    // Some outcomes stay unknown for ever: such a message is stored or not, and nothing else.
    for (const sender of scene.senders) resent += await sender.resend(() => random.chance(0.8))
    rates.push(await burst(scene, random.whole(80, 400)))
    await scene.end('SIGKILL')
    if (random.chance(0.2)) await restartAndKill(scene)
    recoveries.push(await recover(scene))
    // One who comes later sees from then on what everybody sees.
    if (done % 10 === 5) await scene.addWatcher()
    say(`cycle ${done + 1}: ${scene.sends.length} sent, ${scene.acknowledged} acknowledged`)
  }
  await scene.connect()
  await scene.verify()
  const verdicts = scene.sends.map(verdictOf)
  const count = (wanted: string) => verdicts.filter((each) => each === wanted).length
  assert(count('unknown') + resent > 0, 'no kill hit a message under way: this proves nothing')
  return {
    cycles: done,
    'sends per second': Math.round(median(rates)),
    people: SENDERS,
    sent: scene.sends.length,
    acknowledged: count('ok'),
    refused: count('refused'),
    'outcome unknown, sent again': resent,
    'left unknown': count('unknown'),
    'lost, doubled, gaps': 0,
    'restart to first acknowledgement, ms (median)': Math.round(median(recoveries)),
    'restart to first acknowledgement, ms (longest)': Math.round(Math.max(...recoveries)),
  }
}

/** Send until so many are acknowledged; answers messages sent per second. */
async function burst(scene: Scene, acknowledgements: number): Promise<number> {
  const [sent, enough, since] = [
    scene.sends.length,
    scene.acknowledged + acknowledgements,
    performance.now(),
  ]
  const reached = new Promise<void>((resolve) => {
    scene.onAcknowledged = () => {
      if (scene.acknowledged >= enough) resolve()
    }
  })
  for (const sender of scene.senders) sender.start(RATE)
  await Promise.race([
    reached,
    scene.service.exited.then(({ code, signal }) => {
      throw new Error(`the service ended by itself: ${code} ${signal}\n${scene.service.output()}`)
    }),
  ])
  return (scene.sends.length - sent) / ((performance.now() - since) / 1000)
}

/** Killed again while it starts. */
async function restartAndKill(scene: Scene): Promise<void> {
  await scene.start()
  await scene.end('SIGKILL')
}

/** Start again; answers the milliseconds from there to the first acknowledged message. */
async function recover(scene: Scene): Promise<number> {
  const since = performance.now()
  await scene.start()
  const [first] = scene.senders
  await first!.connect(scene.service.url)
  const send = first!.send()
  await until(() => verdictOf(send) === 'ok', { what: 'the first acknowledgement after a restart' })
  return performance.now() - since
}
