import { presenceStream, type EventItem, type OutputOf, type Presence } from '@collab-kit/protocol'
import type { Actor } from './acts.ts'
import { named, rules, type RuleBody } from './rule.ts'
import type { Peer, Target } from './target.ts'

type Named = Pick<Actor, 'username'>

/** Follow these people. */
export const follow = (
  reader: Actor,
  ...people: readonly Named[]
): Promise<OutputOf<'presence.subscribe'>> =>
  reader.call('presence.subscribe', { usernames: people.map(({ username }) => username) })

/** What a reader was told of a person, in order. */
export const toldOf = ({ items }: Pick<Peer, 'items'>, { username }: Named): Presence[] =>
  items.filter(named('presence.presenceChanged', { username })).map(({ data }) => data as Presence)

/** The states of it. */
export const statesOf = (reader: Pick<Peer, 'items'>, person: Named): string[] =>
  toldOf(reader, person).map(({ state }) => state)

/** Resolves with what tells a reader that a person is like this, for the so-manieth time. Default: the first. */
export const shows = (
  reader: Pick<Peer, 'items' | 'until'>,
  { username }: Named,
  { times = 1, ...what }: Partial<Presence> & { times?: number },
): Promise<EventItem> => {
  const fits = named('presence.presenceChanged', { username, ...what })
  return reader.until((item) => reader.items.filter(fits)[times - 1] === item)
}

/** How one person looks to another now. */
export async function lookAt(reader: Actor, { username }: Named): Promise<Presence> {
  const { items } = await reader.call('presence.getPresence', { usernames: [username] })
  return items[0]!
}

export const streamOf = ({ username }: Named): string => presenceStream(username)

/** As `rules`, where whoever is given a connection is seen to be here. */
export const presentRules =
  (target: Target) =>
  (title: string, body: RuleBody): void =>
    rules(target)(title, (stage) =>
      body({
        ...stage,
        async peer(options) {
          const peer = await stage.peer(options)
          const { items } = await follow(peer, peer)
          if (items[0]!.state === 'offline') await shows(peer, peer, { state: 'available' })
          await peer.call('presence.unsubscribe', {})
          return peer
        },
      }),
    )
