import type { ActivityPermission, InputOf, OperationName, OutputOf } from '@collab-kit/protocol'
import { Doors } from './doors.ts'
import type { Played, Row, Rows, Setting } from './row.ts'
import type { Actor } from './callers.ts'
import { GROUP, unique, type Stage } from './stage.ts'

/** An activity that a cell is about. */
export interface ActivityFacts {
  type: string
  id: string
  /** Who made it and is in it, where that is not the caller. */
  maker: string
  me: string
  /** One whom nothing is done to; in it where that is wanted. */
  other: string
}

/** How the caller stands to it. */
export interface Wanted {
  /** What everybody may do there. Default: nothing. */
  world?: ActivityPermission[]
  /** What the caller may do there. */
  mine?: ActivityPermission[]
  /** The caller made it. */
  own?: boolean
  /** What the group may do there. */
  group?: ActivityPermission[]
  /** The caller is in it with a connection of theirs, or was. */
  inside?: boolean | Being
  /** So is, or was, somebody else beside the maker. */
  other?: Being
}

type Being = 'lurking' | 'before'

const known = new WeakMap<Actor, Doors>()

/** The ways in of one of those who play in all scenes: one is in an activity by a connection. */
function doorsOf({ url }: Stage, actor: Actor): Doors {
  const doors = known.get(actor) ?? new Doors(url, actor.credentials)
  known.set(actor, doors)
  return doors
}

async function joinBy(
  doors: Doors,
  { inside, ...input }: InputOf<'activities.joinActivity'> & { inside?: boolean | Being },
): Promise<boolean> {
  const joining = { ...input, lurk: inside === 'lurking' }
  const { ok } = await doors.call('socket', 'activities.joinActivity', joining)
  const { type, id } = input
  if (ok && inside === 'before')
    await doors.call('socket', 'activities.leaveActivity', { type, id })
  return ok
}

/** Makes an activity in which the caller stands as wanted; nothing where they cannot. */
export async function makeActivity(
  { stage, actor, doors }: Setting,
  { world = [], mine = [], group, own = false, inside = false, other }: Wanted,
): Promise<ActivityFacts | undefined> {
  // Of a kind of its own: a list of this kind holds nothing else.
  const name = { type: unique('board'), id: unique('activity') }
  const permissions = {
    world,
    ...(mine.length > 0 && actor.username && { [`user:${actor.username}`]: mine }),
    ...(group && { [`group:${GROUP}`]: group }),
    ...(other && { [`user:${stage.bystander.username}`]: ['join', 'view_state', 'lurk'] }),
  } as Record<string, ActivityPermission[]>
  if (own && !(await joinBy(doors, { ...name, create: { permissions } }))) return undefined
  const host = doorsOf(stage, stage.host)
  if (!own && !(await joinBy(host, { ...name, create: { permissions }, state: { n: 1 } })))
    throw new Error('the activity of a scene was not made')
  if (other && !(await joinBy(doorsOf(stage, stage.bystander), { ...name, inside: other })))
    throw new Error('nobody else came into the activity of a scene')
  if (inside && !(await joinBy(doors, { ...name, inside }))) return undefined
  return { ...name, ...namesOf(stage), me: actor.username }
}

const namesOf = ({ host, bystander }: Stage) => ({
  maker: host.username,
  other: bystander.username,
})

/** What everybody may do in an activity that nothing else is said about. */
export const OPEN: ActivityPermission[] = ['join', 'view_state', 'set_state']

const places = {
  'made by oneself': { own: true, world: OPEN },
  open: { world: OPEN },
  'open, being in it': { world: OPEN, inside: true },
  'with `join` for everybody': { world: ['join'] },
  'with `view_state` for oneself': { mine: ['view_state'] },
  'with `set_state` for oneself': { mine: ['set_state'] },
  'with `manage` for oneself': { mine: ['manage'] },
  'with `remove` for oneself': { mine: ['remove'] },
  "another's": { hidden: true },
} satisfies Record<string, Wanted & { hidden?: boolean }>
type Place = keyof typeof places

type ToInput<N extends OperationName> = (
  facts: ActivityFacts,
  setting: Setting,
) => InputOf<N> | Promise<InputOf<N>>
type Shows<N extends OperationName> = (output: OutputOf<N>, facts: ActivityFacts) => boolean

/** One row about an activity that is made for it. */
export function inActivity<N extends OperationName>(
  wanted: Wanted,
  input: ToInput<N>,
  { shows, ...options }: { shows?: Shows<N> | undefined } & Omit<Row<N>, 'play'> = {},
): Row<N> {
  return {
    ...options,
    async play(setting): Promise<Played<N> | undefined> {
      const facts = await makeActivity(setting, wanted)
      if (!facts) return undefined
      return {
        input: await input(facts, setting),
        ...(shows && { shows: (output: OutputOf<N>) => shows(output, facts) }),
      }
    },
  }
}

/** A row for every way that one may stand to an activity, and one for an activity that is not there. */
export function inActivities<N extends OperationName>(
  input: ToInput<N>,
  shows?: Shows<N>,
): Rows<N> {
  const rows = Object.entries<Wanted & { hidden?: boolean }>(places).map(
    ([place, { hidden, ...wanted }]) => [
      place satisfies string as Place,
      inActivity(wanted, input, { shows, ...(hidden && { hidden }) }),
    ],
  )
  const absent: Row<N> = {
    hidden: true,
    async play(setting) {
      const me = setting.actor.username
      const facts = { type: 'board', id: unique('absent'), ...namesOf(setting.stage), me }
      return {
        input: await input(facts, setting),
        ...(shows && { shows: (output: OutputOf<N>) => shows(output, facts) }),
      }
    },
  }
  return { ...(Object.fromEntries(rows) as Rows<N>), absent }
}
