import { isIssuedName } from '@collab-kit/protocol'
import { loadConfig } from '../config.ts'
import { openStore } from '../database.ts'
import { insertGroup, insertMembers } from '../domains/groups/index.ts'
import { findUsers } from '../domains/users/index.ts'

/** `collab group add NAME [USERNAME…]`. */
export async function group(args: readonly string[]): Promise<number> {
  const [verb, name, ...usernames] = args
  if (verb !== 'add' || name === undefined || !isIssuedName(name)) {
    console.error('collab group add NAME [USERNAME…]   (a name has no white space, "/" or "#")')
    return 2
  }
  const { config } = loadConfig()
  const store = await openStore(config)
  try {
    return await store.transaction(async ({ db }) => {
      const known = new Set((await findUsers(db, usernames)).map(({ username }) => username))
      const unknown = usernames.filter((each) => !known.has(each))
      if (unknown.length > 0) {
        console.error(`There is nobody named ${unknown.join(', ')}.`)
        return 1
      }
      const row = { name, description: null, created_at: new Date().toISOString() }
      const made = await insertGroup(db, row)
      await insertMembers(db, name, { usernames, byToken: false })
      console.error(`${name} ${made ? 'was made' : 'was there'}; ${usernames.length} put in.`)
      return 0
    })
  } finally {
    await store.close()
  }
}
