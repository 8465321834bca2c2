import { createInterface } from 'node:readline/promises'
import { isName } from '@collab-kit/protocol'
import { loadConfig } from '../config.ts'
import { openStore } from '../database.ts'
import { addAccount, hashPassword } from '../domains/users/index.ts'

/** `collab user add NAME [--admin]`. */
export async function user(args: readonly string[]): Promise<number> {
  const [verb, username, ...rest] = args.filter((each) => each !== '--admin')
  if (verb !== 'add' || username === undefined || rest.length > 0 || !isName(username)) {
    console.error('collab user add NAME [--admin]   (a name has no white space, "/", ":" or "#")')
    return 2
  }
  const { config } = loadConfig()
  const password = await readPassword(username)
  if (password.length < 8) {
    console.error('A password has at least 8 characters.')
    return 2
  }
  const passwordHash = await hashPassword(password)
  const store = await openStore(config)
  try {
    const outcome = await store.transaction(({ db }) =>
      addAccount(db, {
        username,
        displayName: username,
        role: args.includes('--admin') ? 'admin' : 'user',
        passwordHash,
        createdAt: new Date().toISOString(),
      }),
    )
    console.error(
      {
        added: `${username} was made.`,
        unlocked: `${username} has a password now.`,
        exists: `${username} exists and has a password.`,
      }[outcome],
    )
    return outcome === 'exists' ? 1 : 0
  } finally {
    await store.close()
  }
}

/** Never from the command line: arguments are seen by every process of the machine. */
async function readPassword(username: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  if (process.stdin.isTTY) process.stderr.write(`Password for ${username} (seen while typing): `)
  const line = await new Promise<string>((resolve) => {
    lines.once('line', resolve)
    lines.once('close', () => resolve(''))
  })
  lines.close()
  return line
}
