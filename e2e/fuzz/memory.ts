import { until } from '../rig/until.ts'
import type { ServiceProcess } from '../rig/service-process.ts'

/** Flag with which a service can be asked for its memory. */
export const INSPECTABLE = '--inspect=127.0.0.1:0'

/** Bytes of the main thread's heap after a collection. */
export async function heapAfterCollection(service: ServiceProcess): Promise<number> {
  const address = await until(
    () => /Debugger listening on (ws:\S+)/.exec(service.output())?.[1] ?? false,
    { what: 'the inspector listens' },
  )
  const socket = new WebSocket(address)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', reject, { once: true })
  })
  let id = 0
  const ask = (method: string): Promise<Record<string, number>> =>
    new Promise((resolve) => {
      const own = ++id
      socket.addEventListener('message', function take({ data }) {
        const answer = JSON.parse(String(data)) as { id?: number; result: Record<string, number> }
        if (answer.id !== own) return
        socket.removeEventListener('message', take)
        resolve(answer.result)
      })
      socket.send(JSON.stringify({ id: own, method }))
    })
  // What a collection frees may hold on to more: a second one takes that too.
  await ask('HeapProfiler.collectGarbage')
  await ask('HeapProfiler.collectGarbage')
  const { usedSize } = await ask('Runtime.getHeapUsage')
  socket.close()
  return usedSize!
}
