import { domain } from '../kit/operation.ts'
import * as events from './events.ts'
import * as operations from './operations.ts'

export {
  Activity,
  ActivityGrants,
  ActivityPermission,
  activityPermissions,
  ActivitySubject,
  JoinedActivity,
  NewActivity,
  Participant,
  SharedEntry,
  StateValue,
  StateValues,
} from './model.ts'
export const activities = domain('activities', operations, events)
