import { hash, verify } from '@node-rs/argon2'
import type { Edge } from '../../kernel/context.ts'

/** argon2id with the parameters that OWASP recommends: 19 MiB, two passes. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Most hashes at once: each takes a thread and 19 MiB. */
const PARALLEL = 2
let running = 0
const queue: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= PARALLEL) await new Promise<void>((resolve) => queue.push(resolve))
  running++
  try {
    return await work()
  } finally {
    running--
    queue.shift()?.()
  }
}

export const hashPassword = (password: string): Promise<string> =>
  inTurn(() => hash(password, PARAMETERS))

let decoy: Promise<string> | undefined

/** Takes as long for a name that nobody has as for a wrong password. */
export async function verifyPassword(
  password: string,
  passwordHash: string | undefined,
): Promise<boolean> {
  const against = passwordHash ?? (await (decoy ??= hashPassword('nobody has this password')))
  const right = await inTurn(() => verify(against, password))
  return right && passwordHash !== undefined
}

/** The hash that the caller's own password has now; refuses a wrong one. */
export async function checkOwnPassword(edge: Edge, password: string): Promise<string> {
  const { username } = edge.caller
  const { passwordHash } = (await edge.lookup('users.?passwordOf', { username })) as {
    passwordHash?: string
  }
  if (!(await verifyPassword(password, passwordHash)))
    return edge.fail(
      'forbidden',
      { reason: 'wrong_password' },
      { message: 'The password is wrong.' },
    )
  return passwordHash ?? ''
}
