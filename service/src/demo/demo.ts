import { isCollabError, type Limits } from '@collab-kit/protocol'
import type Router from '@koa/router'
import type { Tokens } from '../kernel/context.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Dispatcher } from '../kernel/dispatch.ts'
import type { Log } from '../log.ts'
import { readDay, type Line } from './day.ts'
import { Replay } from './replay.ts'
import { createDemoRoutes } from './routes.ts'

/** The people at whose places the demo page is used, and the names they show. */
const PEOPLE: Readonly<Record<string, string>> = { ann: 'Ann', ben: 'Ben' }
const CHAT_ID = 'lobby'
/** Messages of one transaction: short enough to leave room for the commits of others. */
const BATCH = 200

export interface DemoOptions {
  dispatcher: Dispatcher
  tokens: Tokens
  clock: Clock
  log: Log
  limits: Limits
  publicUrl: string | undefined
}

export interface Demo {
  /** Tokens of the demo people, and the replay. */
  readonly router: Router
  /** Make the demo people and load the day into an empty lobby; goes on where it was cut off. Repeatable. */
  prepare(): Promise<void>
  /** Stop the replay. */
  close(): Promise<void>
}

/** What stands behind the demo page. */
export async function createDemo({
  dispatcher,
  tokens,
  clock,
  log,
  limits,
  publicUrl,
}: DemoOptions): Promise<Demo> {
  const lines = await readDay()
  const replay = new Replay({ dispatcher, clock, chatId: CHAT_ID, lines })
  const signIns = new Map<string, string>()

  async function issueToken(username: string) {
    const { signInId } = (await dispatcher.internal('auth.$openSignIn', {
      username,
      signInId: signIns.get(username),
    })) as {
      signInId: string
    }
    signIns.set(username, signInId)
    const { token, expiresAt } = await tokens.issue(username, signInId)
    return { token, expiresAt: new Date(expiresAt).toISOString() }
  }

  return {
    router: createDemoRoutes({
      replay,
      issueToken,
      people: Object.keys(PEOPLE),
      limits,
      publicUrl,
    }),
    async prepare() {
      if (await importDay(dispatcher, lines, log)) replay.allow()
      for (const [username, displayName] of Object.entries(PEOPLE)) {
        await dispatcher.internal('auth.$addUser', { username, displayName, role: 'user' })
      }
    },
    close: () => replay.stop(),
  }
}

/** Answers whether the lobby holds the day. */
async function importDay(
  dispatcher: Dispatcher,
  lines: readonly Line[],
  log: Log,
): Promise<boolean> {
  const messages = lines.map((line, index) => ({
    ...line,
    clientMessageId: `ubuntu-irc-2016-11-02-${index + 1}`,
  }))
  const ends = [messages[0]!, messages.at(-1)!].map(({ sender, clientMessageId }) => ({
    sender,
    clientMessageId,
  }))
  const { lastNumber, held } = (await dispatcher.lookup('chat.?importedMessages', {
    chatId: CHAT_ID,
    messages: ends,
  })) as {
    lastNumber: number
    held: [begun: boolean, done: boolean]
  }
  const [begun, done] = held
  // A lobby in which people talk already is theirs.
  if (done || (lastNumber > 0 && !begun)) return done
  try {
    for (let start = 0; start < messages.length; start += BATCH) {
      const batch = messages.slice(start, start + BATCH)
      await dispatcher.internal('chat.$importMessages', { chatId: CHAT_ID, messages: batch })
    }
    return true
  } catch (error) {
    // Somebody here has the name of one of the people of the day: their words are not put into this one's mouth.
    if (!isCollabError(error) || error.code !== 'already_exists') throw error
    log.warn({ ...error.details }, 'the demo goes without its day: a name in it is taken')
    return false
  }
}
