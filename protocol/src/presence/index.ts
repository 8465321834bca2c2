import { domain } from '../kit/operation.ts'
import * as events from './events.ts'
import * as operations from './operations.ts'

export * from './model.ts'
export const presence = domain('presence', operations, events)
