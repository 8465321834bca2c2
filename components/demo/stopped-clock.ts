import type { LitElement } from 'lit'
import { vi } from 'vitest'
import type { Mounted } from './mount.ts'

/** What was asked for and is at hand has come after it: a promise of a module takes a task, whatever the clock says. */
const task = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', resolve, { once: true })
    port1.start()
    port2.postMessage(undefined)
  })
/** From here on time passes only when it is told to. */
export const stopTheClock = ({ element }: Pick<Mounted<LitElement>, 'element'>) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'Date'] })
  return async (milliseconds: number) => {
    await element.updateComplete
    await task()
    vi.advanceTimersByTime(milliseconds)
    await element.updateComplete
  }
}
