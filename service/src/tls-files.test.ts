import { mkdtempSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { io } from 'socket.io-client'
import { afterEach, expect, test } from 'vitest'
import { ConfigError, ConfigSchema } from './config.ts'
import { createService, type Service } from './service.ts'
import { createCertificate } from './testing/certificate.ts'
import { readCertificate } from './tls-files.ts'

const running: Service[] = []
afterEach(async () => {
  for (const service of running.splice(0)) await service.close({ spreadMs: 0 })
})

/** A certificate and its key in files. */
function inFiles({ cert, key } = createCertificate()) {
  const folder = mkdtempSync(join(tmpdir(), 'collab-tls-'))
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  writeFileSync(tls.cert, cert)
  writeFileSync(tls.key, key)
  return tls
}

async function start(tls: { cert: string; key: string }) {
  const config = ConfigSchema.parse({
    port: 0,
    host: '127.0.0.1',
    databaseUrl: 'sqlite::memory:',
    guests: 'on',
    logLevel: 'silent',
    tls,
  })
  const service = await createService({ config })
  running.push(service)
  return { service, ...(await service.listen()) }
}

interface Answer {
  body: string
  /** Serial-like mark of the certificate that was shown. */
  fingerprint: string
}

/** One request on a connection of its own. */
const ask = (url: string, ca: string, json?: object): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const method = json ? 'POST' : 'GET'
    const headers = json ? { 'content-type': 'application/json' } : {}
    const asking = request(url, { ca, agent: false, method, headers }, (answer) => {
      const { fingerprint256: fingerprint } = (answer.socket as TLSSocket).getPeerCertificate()
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => (body += text))
      answer.on('end', () => resolve({ body, fingerprint }))
    })
    asking.on('error', reject)
    asking.end(json && JSON.stringify(json))
  })

const problemsOf = (tls: object): readonly string[] => {
  try {
    readCertificate({ tls })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('with a certificate the service speaks https and wss', async () => {
  const made = createCertificate()
  const { url, port } = await start(inFiles(made))
  expect(url).toBe(`https://localhost:${port}`)
  const base = `https://127.0.0.1:${port}`
  const { body } = await ask(`${base}/api/v1/auth/guest`, made.cert, { displayName: 'Ann' })
  const { accessToken: token } = JSON.parse(body) as { accessToken: string }
  const options = { auth: { token }, ca: made.cert, reconnection: false }
  const socket = io(base, { ...options, transports: ['websocket'] })
  try {
    const reply = await new Promise((resolve, reject) => {
      socket.on('connect_error', reject)
      socket.on('connect', () => socket.emit('system.echo', { message: 'hello' }, resolve))
    })
    expect(reply).toEqual({ ok: true, data: { message: 'hello' } })
  } finally {
    socket.close()
  }
})

test('a certificate that was renewed is shown to whoever connects from then on', async () => {
  const first = createCertificate()
  const files = inFiles(first)
  const { service, port } = await start(files)
  const url = `https://127.0.0.1:${port}/healthz`
  const before = await ask(url, first.cert)
  const second = createCertificate()
  writeFileSync(files.cert, second.cert)
  expect(() => service.renewCertificate()).toThrow('is not the key of')
  expect((await ask(url, first.cert)).fingerprint).toBe(before.fingerprint)
  writeFileSync(files.key, second.key)
  expect(service.renewCertificate()).toBe(true)
  expect((await ask(url, second.cert)).fingerprint).not.toBe(before.fingerprint)
})

test('one of certificate and key alone is a mistake, by name', () => {
  const { cert, key } = inFiles()
  const pathOf = (tls: object) =>
    ConfigSchema.safeParse({ tls }).error?.issues.map(({ path }) => path.join('.'))
  expect([pathOf({ cert }), pathOf({ key }), pathOf({ cert, key }), pathOf({})]).toEqual([
    ['tls.key'],
    ['tls.cert'],
    undefined,
    undefined,
  ])
})

test('files that are not there, no certificate, no key, or no pair are told by name and without contents', () => {
  const { cert, key } = inFiles()
  expect(problemsOf({ cert: `${cert}.not`, key: `${key}.not` })).toEqual([
    `COLLAB_TLS_CERT: ${cert}.not cannot be read (ENOENT)`,
    `COLLAB_TLS_KEY: ${key}.not cannot be read (ENOENT)`,
  ])
  const swapped = problemsOf({ cert: key, key: cert })
  expect(swapped[0]).toContain(`COLLAB_TLS_CERT: ${key} is no certificate in PEM`)
  expect(swapped[1]).toContain(`COLLAB_TLS_KEY: ${cert} is no private key in PEM`)
  const other = inFiles()
  expect(problemsOf({ cert, key: other.key })[0]).toContain(
    `COLLAB_TLS_KEY: ${other.key} is not the key of ${cert}`,
  )
  expect(problemsOf({ cert, key })).toEqual([])
  expect(readCertificate({ tls: {} })).toBeUndefined()
})
