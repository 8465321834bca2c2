import { once } from 'node:events'
import { connect } from 'node:net'
import { startRedis as startTestRedis } from '../../../scripts/test/redis.ts'

export interface Redis {
  readonly url: string
  readonly version: string
  read(): Promise<RedisReading>
}

/** Since the start of the server. */
export interface RedisReading {
  /** Milliseconds. */
  cpuMs: number
  publishes: number
  commands: number
  bytesIn: number
  bytesOut: number
}

export async function startRedis(): Promise<Redis> {
  const url = await startTestRedis((line) => console.error(`  ${line}`))
  const numbers = await info(url)
  return {
    url,
    version: /redis_version:(\S+)/.exec(numbers)?.[1] ?? '',
    async read() {
      const text = await info(url)
      const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0)
      return {
        cpuMs: 1000 * (number(/used_cpu_user:([\d.]+)/) + number(/used_cpu_sys:([\d.]+)/)),
        publishes: number(/cmdstat_publish:calls=(\d+)/),
        commands: number(/total_commands_processed:(\d+)/),
        bytesIn: number(/total_net_input_bytes:(\d+)/),
        bytesOut: number(/total_net_output_bytes:(\d+)/),
      }
    },
  }
}

/** INFO, asked as an inline command. */
async function info(url: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  socket.write('INFO all\r\n')
  let text = ''
  for await (const chunk of socket.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk
    // The length of the answer stands before it.
    const [head = ''] = text.split('\r\n', 1)
    if (text.length >= head.length + 4 + Number(head.slice(1))) break
  }
  socket.destroy()
  return text
}
