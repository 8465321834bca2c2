import { RawConnection } from '../raw-connection.ts'
import { firstSeq } from '../frames.ts'

/** Readers of the one large channel. */
export const CROWD = 300
/** Chats of a few people each, on as many nodes as there are. */
export const CIRCLES = 80
export const CIRCLE = 4
/** People who only listen, each in some chats where nothing is said. */
export const LISTENERS = 1600
export const QUIET_CHATS = 400
export const QUIET_EACH = 4
/** How many are let in at once. */
const ENTERING = 20
/** Longer than anything takes; what is not there by then is lost. */
const PATIENCE_MS = 30_000

export interface Chat {
  chatId: string
  /** Position of the last event. */
  head: number
  members: Person[]
}

export interface Person {
  readonly token: string
  /** Where this person's messages are checked; nobody speaks in the quiet chats. */
  chat: Chat | undefined
  connection?: RawConnection
}

/** Frames of messages. */
const MESSAGES = {
  hot: '42["events",[{"name":"chat.messageSent"',
  item: '{"name":"chat.messageSent"',
}

let sent = 0
const nextId = (): string => (sent++).toString(36).padStart(26, '0')

/** Everybody there is, and what each of them has received: each message once, in order. */
export class Town {
  readonly crowd: Chat
  readonly circles: readonly Chat[]
  readonly listeners: readonly Person[]
  /** Off until it is known where each chat stands. */
  #counting = false
  #delivered = 0
  #expected = 0
  #done: (() => void) | undefined

  private constructor(crowd: Chat, circles: readonly Chat[], listeners: readonly Person[]) {
    this.crowd = crowd
    this.circles = circles
    this.listeners = listeners
  }

  /** Make the people and their chats, by way of one node. */
  static async found(port: number): Promise<Town> {
    const town = new Town(
      await newChat(port, CROWD),
      await inGroups(Array.from({ length: CIRCLES }), () => newChat(port, CIRCLE)),
      await inGroups(Array.from({ length: LISTENERS }), () => newPerson(port)),
    )
    await town.enter([port])
    for (const chat of town.#chats) await join(chat, chat.members)
    for (let chat = 0; chat < QUIET_CHATS; chat++) {
      const people = town.listeners.filter((_, person) => isQuietMember(person, chat))
      await join({ chatId: '', head: 0, members: [] }, people)
    }
    // The first message tells where the counting begins: joining has moved the stream.
    for (const chat of town.#chats) await say(chat.members[0]!, chat, '"Hello"')
    town.leave()
    town.#counting = true
    return town
  }

  get #chats(): readonly Chat[] {
    return [this.crowd, ...this.circles]
  }

  get size(): number {
    return this.#everybody.length
  }

  get #everybody(): readonly Person[] {
    return [...this.#chats.flatMap(({ members }) => members), ...this.listeners]
  }

  /** Streams that the nodes follow, all together. */
  followed(nodes: number): number {
    const streams = Array.from({ length: nodes }, () => new Set<string>())
    for (const chat of this.#chats) {
      for (const index of chat.members.keys()) streams[index % nodes]!.add(chat.chatId)
    }
    for (const person of this.listeners.keys()) {
      for (let chat = 0; chat < QUIET_CHATS; chat++) {
        if (isQuietMember(person, chat)) streams[person % nodes]!.add(`quiet ${chat}`)
      }
    }
    return this.size + streams.reduce((sum, each) => sum + each.size, 0)
  }

  /** All connect, neighbours to different nodes; `between` is called when all but the most of the listeners are there. */
  async enter(ports: readonly number[], between = async () => {}): Promise<void> {
    const early = LISTENERS / 8
    const groups = this.#chats.map(({ members }) => members)
    for (const people of [...groups, this.listeners.slice(0, early)])
      await this.#open(people, ports)
    await between()
    await this.#open(this.listeners.slice(early), ports)
  }

  leave(): void {
    for (const person of this.#everybody) person.connection?.close()
  }

  /** So many messages at an even pace, or in heaps; resolves when all are acknowledged and delivered, once each. */
  async talk(plan: Plan): Promise<{ messages: number; deliveries: number }> {
    const { chats, texts } = plan
    const [messages, before] = [plan.messages, this.#delivered]
    const start = performance.now()
    const acknowledged: Promise<number>[] = []
    while (acknowledged.length < messages) {
      const due = dueMessages(plan, performance.now() - start)
      while (acknowledged.length < Math.min(messages, due)) {
        const turn = acknowledged.length
        const chat = chats[turn % chats.length]!
        const speaker = chat.members[Math.floor(turn / chats.length) % chat.members.length]!
        this.#expected += chat.members.length
        acknowledged.push(say(speaker, chat, texts[turn % texts.length]!))
      }
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await Promise.all(acknowledged)
    await this.#everythingDelivered()
    return { messages, deliveries: this.#delivered - before }
  }

  /** Somebody says something in each small chat, then all others there say that they have read it. */
  async read({ perSecond }: Pick<Plan, 'perSecond'>, measured: () => Promise<void>) {
    await this.talk({ chats: this.circles, messages: CIRCLES, perSecond, atOnce: 1, texts: [READ] })
    await measured()
    const start = performance.now()
    const answers: Promise<unknown>[] = []
    const marks = CIRCLES * (CIRCLE - 1)
    while (answers.length < marks) {
      const due = dueMessages({ perSecond, atOnce: 1 }, performance.now() - start)
      while (answers.length < Math.min(marks, due)) {
        const chat = this.circles[answers.length % CIRCLES]!
        // The speaker has read it by saying it.
        const reader = chat.members[1 + Math.floor(answers.length / CIRCLES)]!
        answers.push(call(reader, 'chat.markRead', { chatId: chat.chatId, seq: chat.head }))
      }
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await Promise.all(answers)
    // Each is told to the reader's own connections, and to the chat.
    return { messages: marks, deliveries: marks * (1 + CIRCLE) }
  }

  async #open(people: readonly Person[], ports: readonly number[]): Promise<void> {
    await inGroups([...people.entries()], async ([index, person]) => {
      const { chat } = person
      let last = chat?.head ?? 0
      person.connection = await new RawConnection({
        port: ports[index % ports.length]!,
        auth: { token: person.token },
        messages: MESSAGES,
        welcome: true,
        witness: true,
        onMessages: (seq, count = 0) => {
          if (!this.#counting) return
          if (count !== seq - last) throw new Error(`${count} messages from ${last} to ${seq}`)
          last = seq
          this.#delivered += count
          if (this.#delivered >= this.#expected) this.#done?.()
        },
        onLost: (reason) => {
          throw new Error(`a node closed a connection: ${reason}`)
        },
      }).open()
    })
  }

  async #everythingDelivered(): Promise<void> {
    const arrived = Promise.withResolvers<void>()
    this.#done = arrived.resolve
    const timer = setTimeout(
      () => arrived.reject(new Error(`${this.#expected - this.#delivered} deliveries are missing`)),
      PATIENCE_MS,
    )
    if (this.#delivered >= this.#expected) arrived.resolve()
    await arrived.promise.finally(() => clearTimeout(timer))
    if (this.#delivered !== this.#expected)
      throw new Error(`${this.#delivered - this.#expected} deliveries too many`)
  }
}

const READ = '"Have you read this?"'

export interface Plan {
  chats: readonly Chat[]
  messages: number
  perSecond: number
  /** How many are sent at the same moment. */
  atOnce: number
  texts: readonly string[]
}

/** How many have been due after so many milliseconds. */
export const dueMessages = (
  { perSecond, atOnce }: Pick<Plan, 'perSecond' | 'atOnce'>,
  ms: number,
): number => atOnce * (1 + Math.floor((ms * perSecond) / 1000 / atOnce))

const isQuietMember = (person: number, chat: number): boolean =>
  (chat - person + person * QUIET_CHATS) % QUIET_CHATS < QUIET_EACH

function say(person: Person, chat: Chat, body: string): Promise<number> {
  const { chatId } = chat
  return new Promise((resolve, reject) => {
    const input = `{"chatId":"${chatId}","clientMessageId":"${nextId()}","body":${body}}`
    person.connection!.emit('chat.sendMessage', input, (payload) => {
      const seq = firstSeq(payload)
      if (seq === undefined) return reject(new Error(`refused: ${payload.toString()}`))
      chat.head = Math.max(chat.head, seq)
      resolve(seq)
    })
  })
}

/** The first makes the chat, the others come in. */
async function join(chat: Chat, [first, ...others]: readonly Person[]): Promise<void> {
  const made = await call(first!, 'chat.createChat', {
    kind: 'channel',
    visibility: 'public',
  })
  chat.chatId = made.chatId
  await inGroups(others, (person) => call(person, 'chat.joinChat', { chatId: made.chatId }))
}

async function call(person: Person, name: string, input: object): Promise<{ chatId: string }> {
  const reply = await person.connection!.call(name, input)
  const { ok, data } = reply as { ok: boolean; data: { chatId: string } }
  if (!ok) throw new Error(`refused: ${JSON.stringify(reply)}`)
  return data
}

async function newChat(port: number, size: number): Promise<Chat> {
  const chat: Chat = { chatId: '', head: 0, members: [] }
  for (let count = 0; count < size; count++) chat.members.push({ ...(await newPerson(port)), chat })
  return chat
}

async function newPerson(port: number): Promise<Person> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/auth/guest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ displayName: 'Bench' }),
  })
  if (!response.ok) throw new Error(`no guest: ${await response.text()}`)
  const { accessToken } = (await response.json()) as { accessToken: string }
  return { token: accessToken, chat: undefined }
}

async function inGroups<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let from = 0; from < items.length; from += ENTERING) {
    results.push(...(await Promise.all(items.slice(from, from + ENTERING).map(work))))
  }
  return results
}
