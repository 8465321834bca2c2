import { operations, WireError, type OperationDefinition } from '@collab-kit/protocol'
import { ask } from '../bad-input/http.ts'
import { connectLink, Gone, type Link } from '../rig/link.ts'
import { createGuest, type Person } from '../rig/person.ts'
import type { Random } from '../rig/random.ts'
import type { ServiceProcess } from '../rig/service-process.ts'
import { mutate, mutateText } from './mutate.ts'
import { grammar, validInput, type World } from './values.ts'

/** What was sent and what came of it. */
export interface Tally {
  calls: number
  ok: number
  /** Refusals by code. */
  codes: Map<string, number>
  /** Connections that the service ended. */
  ended: number
  /** What must never be: an answer without a stable code, of the wrong shape, or none at all. */
  findings: string[]
}

export const createTally = (): Tally => ({
  calls: 0,
  ok: 0,
  codes: new Map(),
  ended: 0,
  findings: [],
})

export interface CallFuzzer {
  /** One call by socket or REST, valid or not. */
  step(): Promise<void>
  close(): void
}

const ANSWER_MS = 15_000
/** Hashing a password costs far more than anything else: seldom. */
const COSTLY = new Set(['auth.register', 'auth.signIn'])

/** Calls every operation of the registry with inputs that its schema takes, and with such that it should not take. */
export function createCallFuzzer(
  service: ServiceProcess,
  world: World,
  { random, tally }: { random: Random; tally: Tally },
): CallFuzzer {
  let person: Person | undefined
  let link: Link | undefined
  const renewed = async (): Promise<Link> => {
    if (link?.connected) return link
    if (link) tally.ended++
    person ??= await createGuest(service.url, 'Fuzz')
    try {
      link = await connectLink(service.url, person)
    } catch {
      // Signed out by one of its own calls: it comes again as somebody else.
      person = await createGuest(service.url, 'Fuzz')
      link = await connectLink(service.url, person)
    }
    return link
  }
  return {
    async step() {
      const own = await renewed()
      const { definition, schema } = pickOperation(random)
      const valid = validInput(schema, world, random)
      const input = random.chance(0.4) ? valid : mutate(valid, random)
      const described = `${definition.name} ${JSON.stringify(input)?.slice(0, 400)}`
      tally.calls++
      if (random.chance(0.35) && definition.rest) {
        const answer = await byRest(service, { definition, input, token: person!.token, random })
        judge({ definition, described: `REST ${described}`, answer, tally, world })
        return
      }
      const reply = await Promise.race([
        bySocket(own, { name: definition.name, input, random }),
        late(),
      ])
      if (reply === 'gone') return
      if (reply === 'late') tally.findings.push(`no answer: ${described}`)
      else judge({ definition, described, answer: reply, tally, world })
    },
    close: () => link?.close(),
  }
}

function pickOperation(random: Random) {
  for (;;) {
    const picked = random.pick(grammar)
    const { name } = picked.definition
    if (COSTLY.has(name) && !random.chance(0.03)) continue
    if (name === 'auth.signOut' && !random.chance(0.05)) continue
    return picked
  }
}

const late = () => new Promise<'late'>((resolve) => setTimeout(resolve, ANSWER_MS, 'late').unref())

type Answer = { ok: true; data: unknown } | { ok: false; error: unknown }

interface SocketCall {
  name: string
  input: unknown
  random: Random
}

async function bySocket(link: Link, { name, input, random }: SocketCall): Promise<Answer | 'gone'> {
  const args = random.chance(0.03) ? [input, input] : [input]
  try {
    return (await link.emit(
      random.chance(0.02) ? mutateText(name, random) : name,
      ...args,
    )) as Answer
  } catch (error) {
    if (error instanceof Gone) return 'gone'
    throw error
  }
}

interface RestCall {
  definition: OperationDefinition
  input: unknown
  token: string
  random: Random
}

async function byRest(
  { port }: ServiceProcess,
  { definition, input, token, random }: RestCall,
): Promise<Answer> {
  const [method = '', template = ''] = definition.rest!.split(' ')
  const fields =
    typeof input === 'object' && input !== null ? { ...(input as Record<string, unknown>) } : {}
  const path = template.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = fields[key]
    delete fields[key]
    return encodeURIComponent(typeof value === 'string' ? value.toWellFormed() : toText(value))
  })
  const query = new URLSearchParams(
    Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : toText(value),
    ]),
  ).toString()
  const json =
    JSON.stringify(
      typeof input === 'object' && input !== null && !Array.isArray(input) ? fields : input,
    ) ?? ''
  const body = random.chance(0.1) ? mutateText(json, random) : json
  const headers = {
    'content-type': 'application/json',
    ...(random.chance(0.1) && { 'idempotency-key': `again-${random.whole(1, 20)}` }),
  }
  const byQuery = method === 'GET' || method === 'DELETE'
  const target = `/api/v1${path}${byQuery && query ? `?${query}` : ''}`.slice(0, 6000)
  const answer = await ask(port, {
    method,
    path: target,
    token,
    headers,
    ...(!byQuery && { body }),
  })
  return answer.status < 300 ? { ok: true, data: answer.body } : { ok: false, error: answer.body }
}

const toText = (value: unknown): string => JSON.stringify(value) ?? ''

interface Judgement {
  definition: OperationDefinition
  described: string
  answer: Answer
  tally: Tally
  world: World
}

function judge({ definition, described, answer, tally, world }: Judgement): void {
  if (answer.ok) {
    tally.ok++
    const checked = definition.output.safeParse(answer.data)
    if (!checked.success && operations.has(definition.name)) {
      tally.findings.push(
        `an answer of another shape: ${described}: ${JSON.stringify(answer.data).slice(0, 300)}`,
      )
    }
    remember(answer.data, world)
    return
  }
  const { success, data } = WireError.safeParse(answer.error)
  if (!success) {
    tally.findings.push(
      `a refusal of another shape: ${described}: ${JSON.stringify(answer.error).slice(0, 300)}`,
    )
    return
  }
  tally.codes.set(data.code, (tally.codes.get(data.code) ?? 0) + 1)
  if (data.code === 'internal') tally.findings.push(`internal: ${described}`)
  if (/node_modules|\.ts:\d|\bat \w+ \(|select .* from|sqlite/i.test(JSON.stringify(data))) {
    tally.findings.push(`it shows its inside: ${described}: ${JSON.stringify(data).slice(0, 300)}`)
  }
}

const MOST = 200

/** What came back is used again. */
function remember(data: unknown, world: World): void {
  const { chatId, messageId, nextCursor } = data as {
    chatId?: unknown
    messageId?: unknown
    nextCursor?: unknown
  }
  const keep = (list: string[], value: unknown) => {
    if (typeof value !== 'string') return
    if (list.length >= MOST) list.splice(10, 1)
    list.push(value)
  }
  keep(world.chats, chatId)
  keep(world.messages, messageId)
  keep(world.cursors, nextCursor)
}
