import { spawnService } from '../rig/service-process.ts'
import { assert, type Fault } from './fault.ts'
import { withScene } from './scene.ts'

/** Two services are started on one database file. */
export const twoProcesses: Fault = {
  id: 'F16',
  name: 'two-processes',
  promise:
    'A second service on the same database refuses to start and says why; the first goes on undisturbed',
  cycles: { whole: 5, small: 1 },
  run: ({ cycles, say }) =>
    withScene({ senders: 2, watchers: 1 }, async (scene) => {
      await scene.start()
      await scene.connect()
      for (const sender of scene.senders) sender.start(20)
      let slowest = 0
      for (let cycle = 0; cycle < cycles; cycle++) {
        const since = performance.now()
        const second = spawnService({ dataDir: scene.dataDir })
        const { code } = await second.exited
        slowest = Math.max(slowest, performance.now() - since)
        const said = second.output()
        await second.close()
        assert(code === 1, `the second process ended with ${code}:\n${said}`)
        assert(said.includes('another process uses'), `it does not say why:\n${said}`)
        assert(!/\n\s+at /.test(said), `it shows its inside:\n${said}`)
        say(said.trim())
      }
      for (const sender of scene.senders) await sender.stop()
      await scene.verify()
      // The lock ends with the process: a third finds the file free.
      await scene.start()
      await scene.end('SIGTERM')
      return {
        'exit code of the second': 1,
        'time to refuse, ms (longest)': Math.round(slowest),
        'sent meanwhile by the first': scene.sends.length,
      }
    }),
}
