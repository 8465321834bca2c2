import type { Buffer } from 'node:buffer'
import { Circle } from '../circle.ts'
import type { RawConnection } from '../raw-connection.ts'
import { CHANGE_ITEM, meetKit, unwrap, type WatchListener } from '../targets.ts'
import type { Watcher } from '../watcher.ts'
import { dueMessages } from './town.ts'

/** People of each circle, and by how many each of them is watched. */
const CIRCLE_PEOPLE = 160
const WATCHED = [4, 40] as const
/** People in one activity, and how many such there are. */
const ACTIVITIES = [
  { people: 4, count: 10 },
  { people: 20, count: 1 },
] as const
/** Changes of people a second, on all nodes together. */
const CHANGES_RATE = 20
/** Of one cursor: what the kit sends of a pointer that moves without a pause. */
const MOVES_RATE = 15
const PATIENCE_MS = 20_000
const STATE_ITEM = 'activities.stateChanged'

/** People of the whole company. */
export const COMPANY: number = ACTIVITIES.reduce(
  (sum, { people, count }) => sum + people * count,
  CIRCLE_PEOPLE * WATCHED.length,
)

/** What was done, and how often somebody was told of it. */
export interface Done {
  messages: number
  deliveries: number
}

export interface Doing {
  name: string
  work(): Promise<Done>
}

/** People who are present and watched, and people who move in activities, neighbours on different nodes. */
export class Company {
  readonly #circles: readonly Circle[]
  readonly #activities: readonly Floor[]

  private constructor(circles: readonly Circle[], activities: readonly Floor[]) {
    this.#circles = circles
    this.#activities = activities
  }

  static async gather(ports: readonly number[]): Promise<Company> {
    let next = 0
    const meet = (listener: WatchListener) => meetKit(ports[next++ % ports.length]!, listener)
    const target = { name: 'Collab Kit', changeItem: CHANGE_ITEM, meet } as const
    const circles: Circle[] = []
    for (const watched of WATCHED)
      circles.push(await Circle.gather(target, { people: CIRCLE_PEOPLE, watched }))
    const floors: Floor[] = []
    for (const { people, count } of ACTIVITIES) floors.push(await Floor.open(meet, people, count))
    return new Company(circles, floors)
  }

  /** What they do in a phase of so many seconds. */
  doings(seconds: number): readonly Doing[] {
    return [
      ...WATCHED.map((watched, index) => ({
        name: `presence, ${watched} watchers`,
        work: () => change(this.#circles[index]!, seconds),
      })),
      ...ACTIVITIES.map(({ people }, index) => ({
        name: `cursors, ${people} in an activity`,
        work: () => this.#activities[index]!.move(seconds),
      })),
    ]
  }

  leave(): void {
    for (const each of [...this.#circles, ...this.#activities]) each.close()
  }
}

/** One after the other they say something else of themselves, at an even pace. */
async function change(circle: Circle, seconds: number): Promise<Done> {
  const before = circle.notifications
  const messages = CHANGES_RATE * seconds
  await evenly(CHANGES_RATE, messages, (turn) => circle.change(turn % circle.size))
  await circle.settled()
  return { messages, deliveries: circle.notifications - before }
}

async function evenly(
  perSecond: number,
  count: number,
  work: (turn: number) => void,
): Promise<void> {
  const start = performance.now()
  for (let turn = 0; turn < count;) {
    const due = dueMessages({ perSecond, atOnce: 1 }, performance.now() - start)
    while (turn < Math.min(count, due)) work(turn++)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

interface Member {
  connection: RawConnection
  name: { type: string; id: string }
  username: string
  /** What they have shown last. */
  shown: number
  /** What they have been told last of the others, by name. */
  told: Map<string, number>
  others: readonly Member[]
}

let opened = 0

/** Activities of so many people each, whose cursors move. */
class Floor {
  readonly #members: readonly Member[]
  #told = 0

  private constructor(members: readonly Member[]) {
    this.#members = members
  }

  static async open(
    meet: (listener: WatchListener) => Promise<Watcher>,
    people: number,
    count: number,
  ): Promise<Floor> {
    const members: Member[] = []
    const floor = new Floor(members)
    for (let activity = 0; activity < count; activity++) {
      const name = { type: 'bench', id: `floor-${opened++}` }
      const group: Member[] = []
      for (let person = 0; person < people; person++) {
        const member = await floor.#enter(meet, name)
        group.push(member)
      }
      for (const member of group) member.others = group.filter((other) => other !== member)
      members.push(...group)
    }
    return floor
  }

  async #enter(
    meet: (listener: WatchListener) => Promise<Watcher>,
    name: Member['name'],
  ): Promise<Member> {
    const told = new Map<string, number>()
    const { connection, username } = await meet({
      onText: (payload) => this.#hear(payload, told),
      onLost: (reason) => {
        throw new Error(`a node closed a connection: ${reason}`)
      },
    })
    unwrap(await connection.call('activities.joinActivity', name))
    return { connection, name, username, shown: 0, told, others: [] }
  }

  /** All move for so long; resolves when everybody has been told of the last place of each. */
  async move(seconds: number): Promise<Done> {
    const before = this.#told
    const messages = this.#members.length * MOVES_RATE * seconds
    let unanswered = 0
    await evenly(this.#members.length * MOVES_RATE, messages, (turn) => {
      const member = this.#members[turn % this.#members.length]!
      const { type, id } = member.name
      const cursor = `{"inline":0.4375,"block":${++member.shown}}`
      const input = `{"type":"${type}","id":"${id}","values":{"cursor":${cursor}}}`
      unanswered++
      member.connection.emit('activities.setState', input, (payload) => {
        if (payload.includes('"ok":false')) throw new Error(`refused: ${payload.toString()}`)
        unanswered--
      })
    })
    await until(
      () => unanswered === 0 && this.#missing === 0,
      () => `${this.#missing} are missing`,
    )
    return { messages, deliveries: this.#told - before }
  }

  close(): void {
    for (const { connection } of this.#members) connection.close()
  }

  /** Last places that somebody has not been told of. */
  get #missing(): number {
    let missing = 0
    for (const { others, told } of this.#members) {
      for (const { username, shown } of others) if ((told.get(username) ?? 0) !== shown) missing++
    }
    return missing
  }

  #hear(payload: Buffer, told: Map<string, number>): boolean {
    if (!payload.includes(STATE_ITEM)) return false
    const text = payload.toString()
    const [, items] = JSON.parse(text.slice(text.indexOf('['))) as [string, readonly Item[]]
    for (const { name, data } of items) {
      const shown = data.set?.cursor?.block
      if (name !== STATE_ITEM || shown === undefined) continue
      if (shown > (told.get(data.username) ?? 0)) told.set(data.username, shown)
      this.#told++
    }
    return true
  }
}

interface Item {
  name: string
  data: { username: string; set?: { cursor?: { block: number } } }
}

async function until(done: () => boolean, what: () => string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!done()) {
    if (performance.now() > deadline) throw new Error(what())
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
