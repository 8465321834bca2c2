import type {
  ActivityParticipant,
  ActivityPerson,
  ActivityState,
  KitState,
} from '@collab-kit/client'
import type { StateValue, User } from '@collab-kit/protocol'
import { ANCHOR } from '../activity/anchors.ts'
import type { Localize } from '../../kit/localize/localize.ts'

export interface WhereContext {
  localize: Localize
  /** Connection of this page. */
  own: string | undefined
  /** What a connection's person is called. */
  nameOf: (connectionId: string) => string | undefined
  /** What a bound key is called. */
  fieldOf: (key: string) => string
  /** What a place is called; absent where it has no name. */
  placeOf: (anchor: string) => string | undefined
}

type State = Readonly<Record<string, StateValue>>

/** The field that a participant is in. */
export function editingOf(state: State): NonNullable<KitState['editing']> | undefined {
  const { editing } = state
  if (typeof editing !== 'object' || editing === null || Array.isArray(editing)) return undefined
  const { key } = editing
  return typeof key === 'string' ? (editing as NonNullable<KitState['editing']>) : undefined
}

/** The connection that a participant follows. */
export const followingOf = ({ following }: State): string | undefined =>
  typeof following === 'string' ? following : undefined

const anchorOf = ({ cursor }: State): string | undefined => {
  if (typeof cursor !== 'object' || cursor === null || Array.isArray(cursor)) return undefined
  return typeof cursor['anchor'] === 'string' ? cursor['anchor'] : undefined
}

/** What a person does in the activity, in words; what says most comes first. */
export function doingOf({ connections, lurking }: ActivityPerson, context: WhereContext): string {
  const { localize } = context
  const states = connections.map(({ state }) => state)
  const edited = first(states, editingOf)
  if (edited) return localize.text('doesEdit', context.fieldOf(edited.key))
  const followed = first(states, followingOf)
  if (followed !== undefined && followed === context.own) return localize.text('doesFollowYou')
  const name = followed === undefined ? undefined : context.nameOf(followed)
  if (name !== undefined) return localize.text('doesFollow', name)
  const place = first(states, (state) => {
    const anchor = anchorOf(state)
    return anchor === undefined ? undefined : context.placeOf(anchor)
  })
  if (place !== undefined) return localize.text('doesPoint', place)
  return localize.text(lurking ? 'doesWatch' : 'doesNothing')
}

function first<T>(states: readonly State[], pick: (state: State) => T | undefined): T | undefined {
  for (const state of states) {
    const picked = pick(state)
    if (picked !== undefined) return picked
  }
  return undefined
}

/** What a place of the content is called: the page says it, or its first heading does. */
export function nameOfPlace(content: ParentNode, anchor: string): string | undefined {
  const element = content.querySelector(`[${ANCHOR}="${CSS.escape(anchor)}"]`)
  const name =
    element?.getAttribute('data-collab-label') ??
    element?.getAttribute('aria-label') ??
    element?.querySelector('h1, h2, h3, h4, h5, h6, legend, caption')?.textContent
  return name?.replaceAll(/\s+/g, ' ').trim() || undefined
}

/** The connection of this page. */
export const ownOf = (activity: ActivityState | undefined): ActivityParticipant | undefined =>
  Object.values(activity?.participants ?? {}).find(({ local }) => local)

/** What somebody is called; the username until their profile is loaded. */
export const displayName = (users: Readonly<Record<string, User>>, username: string): string =>
  users[username]?.displayName ?? username

/** Those in a bound field, by key, each person once; without this page itself. */
export function editorsByKey(
  participants: Readonly<Record<string, ActivityParticipant>>,
): Map<string, string[]> {
  const editors = new Map<string, string[]>()
  for (const { local, state, username } of Object.values(participants)) {
    const editing = local ? undefined : editingOf(state)
    if (!editing) continue
    const names = editors.get(editing.key) ?? []
    editors.set(editing.key, names)
    if (!names.includes(username)) names.push(username)
  }
  return editors
}

/** Whom one can follow of a person: the connection that shows most of itself. */
export function leadingOf(person: ActivityPerson): ActivityParticipant | undefined {
  const others = person.connections.filter(({ local, lurking }) => !local && !lurking)
  return others.find(({ state }) => state['viewport']) ?? others[0]
}
