import type { StateValue } from '@collab-kit/protocol'
import type { CollabClient } from '../client.ts'
import type { ActivityState } from '../domains/activities/model.ts'
import { selectActivity } from '../domains/activities/selectors.ts'

/** The activity that tests are about, as a store shows it. */
export const boardOf = (client: CollabClient): ActivityState =>
  selectActivity(client.store.getState(), 'board', '1')

/** Its shared state, what is pending in an array. */
export const sharedOf = (client: CollabClient): Record<string, StateValue | [StateValue]> =>
  Object.fromEntries(
    Object.entries(boardOf(client).shared).map(([key, { value, pending }]) => [
      key,
      pending ? [value] : value,
    ]),
  )

/** What its participants show, by person. */
export const statesOf = (client: CollabClient): Record<string, unknown> =>
  Object.fromEntries(
    Object.values(boardOf(client).participants).map(({ username, state }) => [username, state]),
  )
