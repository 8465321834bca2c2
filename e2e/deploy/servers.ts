import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** What `npm test` brings; whoever runs these tests alone names it. */
export function brought(variable: string, what: string): string {
  const value = process.env[variable]
  if (!value) throw new Error(`name ${what} in ${variable}; npm test brings one`)
  return value
}

export interface Database {
  url: string
  drop(): Promise<void>
}

/** An empty database of its own. */
export async function createDatabase(): Promise<Database> {
  const server = brought('TEST_DATABASE_URL', 'a PostgreSQL server')
  const name = `collab_deploy_${randomBytes(6).toString('hex')}`
  await tell(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => tell(server, `drop database ${name} with (force)`) }
}

async function tell(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
