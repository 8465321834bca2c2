import { createClient } from 'redis'
import { bringSystemPackage, type Say } from './bring.ts'
import { start } from './child.ts'
import { findRedis } from './find.ts'
import { freePort } from './free-port.ts'
import { ready } from './ready.ts'
import { temporaryFolder } from './temporary.ts'

const SENTENCE =
  'Redis is neither installed nor can it be brought here: set TEST_REDIS_URL to a Redis the tests may use.'

/** Answers the address of a Redis for the tests: the one named by TEST_REDIS_URL, else one of our own. */
export async function startRedis(say: Say): Promise<string> {
  // Even where one is given: the faults kill and stall servers of their own.
  const program =
    findRedis() ?? ((await bringSystemPackage('redis-server', say)) ? findRedis() : undefined)
  const given = process.env['TEST_REDIS_URL']
  if (given) return given
  if (!program) throw new Error(SENTENCE)
  const port = await freePort()
  const options = {
    bind: '127.0.0.1',
    port: String(port),
    save: '',
    appendonly: 'no',
    dir: temporaryFolder('redis'),
  }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  await ready(
    start(program, args, { stdio: ['ignore', 'pipe', 'pipe'] }),
    /Ready to accept connections/,
  )
  return `redis://127.0.0.1:${port}`
}

/** Asks it something. */
export async function askRedis(url: string): Promise<void> {
  const client = createClient({ url })
  // Without a listener an error of the connection would end this process; the call below fails with it as well.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.ping()
  } finally {
    client.destroy()
  }
}
