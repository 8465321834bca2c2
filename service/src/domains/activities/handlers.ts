import { activities } from '@collab-kit/protocol'
import type { Caller, Edge } from '../../kernel/context.ts'
import { implement } from '../../kernel/module.ts'
import { activityAccess, visibleActivity } from './access.ts'
import { disconnected, joinActivity, leaveActivity } from './joining.ts'
import { createLive } from './live.ts'
import { getState, listParticipants, removeParticipant } from './participants.ts'
import { getPermissions, removePermissions, setPermissions } from './permissions.ts'
import { personal } from './personal.ts'
import { getActivity, listActivities, removeActivity, updateActivity } from './settings.ts'
import { clearShared, getShared, removeShared, setShared } from './shared.ts'
import { broadcast, clearState, removeState, setState } from './state.ts'
import { nameOf, streamOf, writeStates, type Name, type WrittenState } from './store.ts'
import { changed, leave, sweep } from './sweep.ts'

const handlers = {
  joinActivity,
  leaveActivity,
  getActivity,
  listActivities,
  listParticipants,
  updateActivity,
  removeActivity,
  removeParticipant,
  setState,
  getState,
  removeState,
  clearState,
  broadcast,
  setShared,
  getShared,
  removeShared,
  clearShared,
  getPermissions,
  setPermissions,
  removePermissions,
}

export const activitiesModule = implement(activities, {
  handlers,
  personal,
  access: { id: activityAccess },
  // An activity is named by two fields: both together are what access is asked for.
  resource: Object.fromEntries(Object.keys(handlers).map((key) => [key, nameOf])),
  order: ({ type, id }: Partial<Name>) =>
    type === undefined || id === undefined ? undefined : streamOf({ type, id }),
  internal: {
    sweep: (ctx, { ms }) => sweep(ctx, ms === undefined ? undefined : Number(ms)),
    leave,
    saveStates: (ctx, { rows }) => writeStates(ctx, rows as WrittenState[]),
  },
  lookups: {
    changed,
    async maySet(ctx, { type, id, username, role }) {
      const caller = { username: String(username), role: role as Caller['role'] }
      const name = { type: String(type), id: String(id) }
      const found = await visibleActivity({ ...ctx, caller }, name)
      return { maySet: found?.permissions.has('set_state') === true }
    },
  },
  disconnected,
  heard: (edge: Edge, item) => edge.local(createLive).heard(edge, item),
})
