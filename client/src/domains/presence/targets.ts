import type { DataOf, EventName } from '@collab-kit/protocol'
import type { CollabState } from '../../state.ts'
import { selectParticipants } from '../activities/selectors.ts'
import { placeKey } from './place-key.ts'

/** That somebody belongs to a place from now on, or not any more. */
export interface Membership {
  key: string
  /** Absent of one who lurked there, and so did not belong to it. */
  username?: string | undefined
  belongs: boolean
}

type ToMembership<N extends EventName> = (data: DataOf<N>, state: CollabState) => Membership

const contact = (username: string, belongs: boolean): Membership => ({
  key: 'contacts',
  username,
  belongs,
})

const member =
  (belongs: boolean) =>
  ({ chatId, username }: { chatId: string; username: string }): Membership => ({
    key: placeKey({ chatId }),
    username,
    belongs,
  })

/** Who has another connection in an activity belongs to it still. */
function left(
  { type, id, username }: { type: string; id: string; username?: string | undefined },
  state: CollabState,
): Membership {
  const belongs = selectParticipants(state, type, id).some((each) => each.username === username)
  return { key: placeKey({ activity: { type, id } }), username, belongs }
}

/** What events say about who belongs where. */
export const membershipOf: {
  readonly [
    N in
      | `contacts.contact${'Added' | 'Removed'}`
      | `chat.member${'Joined' | 'Added' | 'Left' | 'Removed'}`
      | `activities.participant${'Joined' | 'Left' | 'Removed'}`
  ]: ToMembership<N>
} = {
  'contacts.contactAdded': ({ user }) => contact(user.username, true),
  'contacts.contactRemoved': ({ username }) => contact(username, false),
  'chat.memberJoined': member(true),
  'chat.memberAdded': member(true),
  'chat.memberLeft': member(false),
  'chat.memberRemoved': member(false),
  'activities.participantJoined': ({ type, id, participant: { username } }) => ({
    key: placeKey({ activity: { type, id } }),
    username,
    belongs: true,
  }),
  'activities.participantLeft': left,
  'activities.participantRemoved': left,
}
