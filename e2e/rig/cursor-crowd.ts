import { setTimeout as delay } from 'node:timers/promises'
import { connectLink } from './link.ts'
import type { CrowdOrder, CrowdReport } from './crowd-process.ts'

// People in an activity who do nothing but move their pointers; in a process of their own, so that whoever measures
// beside them measures the service and not them.

const { url, tokens, name, perSecond } = JSON.parse(process.argv[2]!) as CrowdOrder
const links = await Promise.all(tokens.map((token) => connectLink(url, { token })))
for (const link of links) {
  // What is heard is not kept.
  link.onItems(() => void (link.items.length = 0))
  await link.call('activities.joinActivity', name)
}
let moving = false
const report: CrowdReport = { sent: 0, refused: 0 }
process.on('message', (wanted: boolean) => {
  moving = wanted
  process.send!(report)
})
process.once('disconnect', () => process.exit())
process.send!(report)

for (let step = 0; ; step++) {
  const began = performance.now()
  const gap = 1000 / perSecond
  for (const [index, link] of links.entries()) {
    // Each in its own moment, as people are.
    const wait = began + (gap * index) / links.length - performance.now()
    if (wait > 1) await delay(wait)
    if (!moving) continue
    const turn = (step + index * 7) / 20
    const cursor = { inline: 0.5 + Math.sin(turn) / 2.1, block: 0.5 + Math.cos(turn) / 2.1 }
    report.sent++
    void link.call('activities.setState', { ...name, values: { cursor } }).catch(() => {
      // Counted: whoever measures wants none.
      report.refused++
    })
  }
  await delay(Math.max(0, began + gap - performance.now()))
}
