#!/usr/bin/env node
import { backup } from './commands/backup.ts'
import { config } from './commands/config.ts'
import { group } from './commands/group.ts'
import { key } from './commands/key.ts'
import { migrate } from './commands/migrate.ts'
import { serve } from './commands/serve.ts'
import { user } from './commands/user.ts'
import { ConfigError, EXIT_CONFIG } from './config.ts'
import { VERSION } from './version.ts'

/** One command of the bin; answers the exit code, or nothing while it goes on. */
export type Command = (args: readonly string[]) => Promise<number | undefined>

const commands: Record<string, Command> = { serve, migrate, backup, user, group, key, config }

const HELP = `collab ${VERSION}

  collab serve [--workers N]           run the service; with several workers (PostgreSQL only) on one port, SIGHUP
                                       exchanges them one by one
  collab migrate                       bring the database to this version's schema
  collab migrate --to URL              copy the whole SQLite database to an empty PostgreSQL, service stopped;
                                       run it again where it was cut off
  collab backup FILE                   copy the whole database while the service runs
  collab user add NAME [--admin]       make an account, or give a locked one its password
                                       (asks for the password, or reads it from standard input)
  collab group add NAME [USERNAME…]    make a group, or put people into one
  collab key add NAME SCOPE…           make an API key for a backend; prints its id and, this once, its secret
                                       (scopes: *, act_as, events:read, DOMAIN:read, DOMAIN:write)
  collab config                        every setting, its value, and where that came from

Settings come from COLLAB_* variables or a JSON file named by COLLAB_CONFIG.`

async function main(): Promise<void> {
  const argv = process.argv.slice(2)
  const asks = (...flags: string[]) => flags.some((flag) => argv.includes(flag))
  const name = argv.find((each) => !each.startsWith('-')) ?? 'serve'
  if (asks('--version', '-v')) return console.log(VERSION)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (asks('--help', '-h') || !command) {
    console.log(command || asks('--help', '-h') ? HELP : `there is no command ${name}\n\n${HELP}`)
    process.exitCode = command || asks('--help', '-h') ? 0 : 2
    return
  }
  const at = argv.indexOf(name)
  const code = await command(at === -1 ? argv : argv.toSpliced(at, 1))
  if (code !== undefined) process.exitCode = code
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) {
    console.error(error.message)
    process.exit(EXIT_CONFIG)
  }
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
