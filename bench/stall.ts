import { Worker, isMainThread } from 'node:worker_threads'
import { fdatasyncSync, openSync, writeSync } from 'node:fs'
import { startKit } from './src/targets.ts'
if (!isMainThread) {
  const fd = openSync('/tmp/probe.bin', 'w')
  const buf = Buffer.alloc(4096)
  for (;;) { const t = Date.now(); writeSync(fd, buf, 0, 4096, 0); fdatasyncSync(fd); const d = Date.now() - t; if (d > 30) process.stdout.write(`   probe fsync ${d} ms at ${t % 1e6}..${(t + d) % 1e6}\n`); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10) }
} else {
  new Worker(new URL(import.meta.url)).unref()
  const kit = await startKit()
  const person = await kit.enter('own', { onMessages() {}, onLost: (r) => console.log('lost', r) })
  const end = Date.now() + 20000
  let n = 0, slow = 0, slowMs = 0
  while (Date.now() < end) {
    const t = Date.now()
    await new Promise((r) => person.send('"hello there"', () => r(0)))
    const d = Date.now() - t
    n++
    if (d > 30) { slow++; slowMs += d; console.log(`ack ${d} ms at ${t % 1e6}..${(t + d) % 1e6}`) }
  }
  console.log({ n, slow, slowMs })
  person.connection.close()
  await kit.close()
  process.exit()
}
