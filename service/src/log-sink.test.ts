import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { execFileSync, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LogSink } from './log-sink.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'collab-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const program = (body: string) => [
  '--conditions=collab-kit-source',
  '--input-type=module',
  '-e',
  `import { LogSink } from '${new URL('./log-sink.ts', import.meta.url)}'\n${body}`,
]

test('lines arrive in order, in a folder that is made', async () => {
  const file = join(folder, 'deep', 'service.log')
  const sink = new LogSink(file)
  for (let n = 0; n < 1000; n++) sink.write(`${n}\n`)
  await vi.waitUntil(() => readFileSync(file, 'utf8').endsWith('999\n'))
  expect(readFileSync(file, 'utf8').trim().split('\n').map(Number)).toEqual(
    Array.from({ length: 1000 }, (_, n) => n),
  )
})

test('what waits at the end of the process is written', () => {
  const file = join(folder, 'service.log')
  execFileSync(
    process.execPath,
    program(`new LogSink('${file}').write('last words\\n'); process.exit(0)`),
  )
  expect(readFileSync(file, 'utf8')).toBe('last words\n')
})

test('a destination that takes nothing costs lines and not the process', () => {
  // Every write to this device fails as on a full disk.
  const output = execFileSync(
    process.execPath,
    program(
      `const sink = new LogSink('/dev/full'); const timer = setInterval(() => sink.write('line\\n'), 1); setTimeout(() => { console.log('alive'); process.exit(0) }, 100)`,
    ),
    { encoding: 'utf8' },
  )
  expect(output).toBe('alive\n')
})

test('a reader that reads nothing stops nobody', async () => {
  const child = spawn(
    process.execPath,
    program(
      `const sink = new LogSink(undefined); for (let n = 0; n < 20000; n++) sink.write('x'.repeat(1000) + '\\n'); setTimeout(() => process.stderr.write('alive'), 50)`,
    ),
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  child.stdout.pause()
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await vi.waitUntil(() => said === 'alive', { timeout: 5000 })
  child.kill('SIGKILL')
})
