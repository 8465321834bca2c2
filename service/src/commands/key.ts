import { Scope } from '@collab-kit/protocol'
import { loadConfig } from '../config.ts'
import { openStore } from '../database.ts'
import { insertApiKey, makeKey } from '../domains/auth/index.ts'

/** `collab key add NAME SCOPE…`: the id and the secret, on two lines of standard output. */
export async function key(args: readonly string[]): Promise<number> {
  const [verb, name, ...scopes] = args
  const wrong = scopes.find((each) => !Scope.safeParse(each).success)
  if (verb !== 'add' || !name || scopes.length === 0 || wrong !== undefined) {
    if (wrong !== undefined) console.error(`${wrong} is no scope.`)
    console.error(
      'collab key add NAME SCOPE…   (scopes: *, act_as, events:read, DOMAIN:read, DOMAIN:write)',
    )
    return 2
  }
  const { config } = loadConfig()
  const store = await openStore(config)
  try {
    const { row, secret } = makeKey(name, scopes, { by: null, at: new Date().toISOString() })
    await store.transaction(({ db }) => insertApiKey(db, row))
    console.error(`The key ${name} was made; its secret is told this once:`)
    console.log(`${row.id}\n${secret}`)
    return 0
  } finally {
    await store.close()
  }
}
