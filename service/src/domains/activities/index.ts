export { readableActivity } from './access.ts'
export { activitiesModule } from './handlers.ts'
export { isParticipant } from './live.ts'
export { groupChanged } from './permissions.ts'
