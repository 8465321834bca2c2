import { randomBytes } from 'node:crypto'
import type { Config } from '../config.ts'
import { hashPassword } from '../domains/users/index.ts'
import type { Service } from '../service.ts'

/**
 * First start without users: make the admin. Without a configured password a random one is shown once, to a terminal
 * only; without a terminal the account stays locked until `collab user add`.
 */
export async function ensureAdmin(service: Service, config: Config): Promise<void> {
  const { count } = (await service.dispatcher.lookup('users.?countUsers', {})) as { count: number }
  if (count > 0) return
  const { adminUsername: username, adminPassword } = config
  const shown = adminPassword === undefined && process.stderr.isTTY
  const password = adminPassword ?? (shown ? randomBytes(12).toString('base64url') : undefined)
  const passwordHash = password === undefined ? undefined : await hashPassword(password)
  const { outcome } = (await service.dispatcher.internal('auth.$addUser', {
    username,
    role: 'admin',
    ...(passwordHash && { passwordHash }),
  })) as { outcome: string }
  // Another node was faster: its password counts.
  if (outcome === 'exists') return
  if (shown)
    console.error(`  The account ${username} was made; its password, shown this once: ${password}`)
  else if (password === undefined) {
    service.log.warn(
      { username },
      'the admin account is locked: give it a password with collab user add',
    )
  }
}
