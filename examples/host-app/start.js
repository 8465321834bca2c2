// Runs the site and, beside it, the service. What both have to know is made at the first start and kept in data/.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createHost } from './server.js'

const { PORT = '3000', COLLAB_PORT = '4000', TOKEN_TTL = '900' } = process.env
const hostUrl = `http://localhost:${PORT}`
const collabUrl = `http://localhost:${COLLAB_PORT}`
const collab = programOf('@collab-kit/service')

const { secret, env } = prepare()
const apiKey = kept('api-key.json', () => {
  // What the site may do there: end somebody's tokens.
  const args = [collab, 'key', 'add', 'host-app', 'auth:write']
  const [id, password] = execFileSync(process.execPath, args, {
    env,
    encoding: 'utf8',
    stdio: 'pipe',
  }).split('\n')
  return { id, secret: password }
})

const service = spawn(process.execPath, [collab, 'serve'], { env, stdio: 'inherit' })
service.once('exit', (code) => process.exit(code ?? 1))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => service.kill(signal))
while (!(await isReady())) await wait(100)

createHost({ collabUrl, issuer: hostUrl, secret, ttl: Number(TOKEN_TTL), apiKey }).listen(
  PORT,
  () => console.log(`\n  The site is at ${hostUrl}\n`),
)

/** The secret that both know, and the settings of the service. */
function prepare() {
  const { secret } = kept('secret.json', () => ({ secret: randomBytes(32).toString('base64url') }))
  const issuer = { issuer: hostUrl, audience: 'collab', algorithm: 'HS256', secret, primary: true }
  const settings = {
    COLLAB_PORT,
    COLLAB_DATA_DIR: 'data',
    COLLAB_ALLOWED_ORIGINS: hostUrl,
    COLLAB_CHATS: JSON.stringify([{ id: 'lobby', name: 'Bakery' }]),
    // Whom the service believes when it says who somebody is.
    COLLAB_ISSUERS: JSON.stringify([issuer]),
  }
  return { secret, env: { ...process.env, ...settings } }
}

/** What was made at the first start. */
function kept(name, make) {
  mkdirSync('data', { recursive: true })
  const file = `data/${name}`
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(make()), { mode: 0o600 })
  return JSON.parse(readFileSync(file, 'utf8'))
}

function programOf(name) {
  const manifest = new URL(import.meta.resolve(`${name}/package.json`))
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
  return fileURLToPath(new URL(bin.collab, manifest))
}

function isReady() {
  return fetch(`${collabUrl}/readyz`).then(
    ({ ok }) => ok,
    // It does not listen yet.
    () => false,
  )
}
