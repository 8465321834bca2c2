import { domain } from '../kit/operation.ts'
import * as events from './events.ts'
import * as operations from './operations.ts'

export * from './model.ts'
export const contacts = domain('contacts', operations, events)
