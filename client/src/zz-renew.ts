import { createCollab } from '@collab-kit/client'
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
const PORT = '4181'
const dir = mkdtempSync('/tmp/collab-renew-')
const child = spawn(process.execPath, ['--conditions=collab-kit-source', 'service/src/main.ts', 'serve'], { env: { ...process.env, COLLAB_DATA_DIR: dir, PORT, COLLAB_DEMO: 'on', COLLAB_TOKEN_TTL: process.env.TTL }, stdio: ['ignore', 'pipe', 'inherit'] })
await new Promise<void>((ok) => child.stdout!.on('data', (d) => { if (String(d).includes('listening')) ok() }))
const serviceUrl = `http://localhost:${PORT}`
const t0 = Date.now(); const log = (...a: unknown[]) => console.log(Math.round((Date.now() - t0) / 100) / 10, ...a)
const a = createCollab({ serviceUrl, account: 'a' })
for (const c of [a]) { c.on('status', (s) => log('status', s)); c.on('error', (e) => log('error', e.code, e.message)); c.on('call:auth.renew', (x) => log('renew', x.error?.code ?? 'ok')); c.on('call:auth.refresh', (x) => log('refresh', x.error?.code ?? 'ok')); c.on('auth.tokenExpiring', () => log('expiring')); c.on('system.closing', (i) => log('closing', i.data)) }
await a.auth.continueAsGuest({ displayName: 'A' })
a.chat('lobby').open()
await new Promise((r) => setTimeout(r, Number(process.env.WAIT)))
log(a.status)
a.close(); child.kill()
