import type { ConfigInput } from '../../config.ts'
import type { Actor, CallerKind } from './callers.ts'
import { Doors, type DoorName, type Reply } from './doors.ts'
import type { Setting } from './row.ts'
import { openStage, type CreateService, type Stage } from './stage.ts'

/** What came of one cell. */
export interface Outcome {
  /**
   * `yes`, `left out` of a list, `harm` where it changed what is others', or the code of the refusal; nothing where
   * there is no such cell.
   */
  got: string | undefined
  /** What a refusal said, without the names that were asked for. */
  said?: string
}

/** One cell by one door, to be played. */
export interface Probe {
  domain: string
  operation: string
  row: string
  caller: CallerKind
  door: DoorName
  /** Whether this door's answer is the cell of the page. */
  main: boolean
  /** Why this door answers by this code whatever the others do. */
  declared?: Difference | undefined
  hidden?: boolean | undefined
  fresh?: boolean | undefined
  alone?: Partial<ConfigInput> | undefined
  play(setting: Setting): Promise<Outcome>
}

export interface Cell extends Omit<Probe, 'play' | 'alone' | 'fresh'>, Outcome {
  got: string
  /** Its place among all. */
  index: number
}

export interface Difference {
  code: string
  reason: string
}

/** The outcome of a reply. */
export function toOutcome(reply: Reply, input: unknown, shows?: (data: never) => boolean): Outcome {
  if (reply.ok) return { got: !shows || shows(reply.data as never) ? 'yes' : 'left out' }
  const { requestId: _id, ...error } = reply.error
  return { got: String(error['code']), said: withoutNames(JSON.stringify(error), input) }
}

/** A refusal with a star for every text that was asked for. */
export function withoutNames(said: string, input: unknown): string {
  const names = textsOf(input).toSorted((a, b) => b.length - a.length)
  return names.reduce((text, name) => text.replaceAll(JSON.stringify(name).slice(1, -1), '*'), said)
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsOf)
}

/** Cells that are played at the same time. */
const LANES = 12

export interface PlayOptions {
  create: CreateService
  /** Told of every cell; `true` ends the run. */
  onCell?(cell: Cell): boolean | void
}

/** Plays the probes on one service, and those that need one of their own each on its own. */
export async function playAll(
  probes: readonly Probe[],
  { create, onCell }: PlayOptions,
): Promise<Cell[]> {
  const stage = await openStage(create)
  const cast = createCast(stage)
  const cells: Cell[] = []
  let next = 0
  let stopped = false
  const lane = async () => {
    while (next < probes.length && !stopped) {
      const index = next++
      const probe = probes[index]!
      const { got, said } = await playOne(probe, { cast, create })
      if (got === undefined) continue
      const { play: _play, alone: _alone, fresh: _fresh, ...about } = probe
      const cell = { ...about, index, got, ...(said !== undefined && { said }) }
      cells.push(cell)
      if (onCell?.(cell)) stopped = true
    }
  }
  try {
    await Promise.all(Array.from({ length: LANES }, lane))
  } finally {
    await cast.dismiss()
    await stage.close()
  }
  return cells
}

async function playOne(
  probe: Probe,
  { cast, create }: { cast: Cast; create: CreateService },
): Promise<Outcome> {
  if (!probe.alone && !probe.fresh) {
    return probe.play(await cast.known(`${probe.domain} ${probe.caller}`, probe.caller))
  }
  if (!probe.alone) return cast.once(probe.caller, probe.play)
  const stage = await openStage(create, probe.alone)
  const own = createCast(stage)
  try {
    return await own.once(probe.caller, probe.play)
  } finally {
    await stage.close()
  }
}

/** The callers of a service, each with their ways in. */
interface Cast {
  known(name: string, kind: CallerKind): Promise<Setting>
  once<T>(kind: CallerKind, play: (setting: Setting) => Promise<T>): Promise<T>
  dismiss(): Promise<void>
}

function createCast(stage: Stage): Cast {
  const known = new Map<string, Promise<Setting>>()
  const appear = async (kind: CallerKind): Promise<Setting> => {
    const actor: Actor = await stage.actor(kind)
    return { stage, actor, doors: new Doors(stage.url, actor.credentials) }
  }
  return {
    known(name, kind) {
      const setting = known.get(name) ?? appear(kind)
      known.set(name, setting)
      return setting
    },
    async once(kind, play) {
      const setting = await appear(kind)
      try {
        return await play(setting)
      } finally {
        await setting.doors.close()
      }
    },
    async dismiss() {
      for (const setting of known.values()) await (await setting).doors.close()
    },
  }
}
