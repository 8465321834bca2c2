import { domain } from '../kit/operation.ts'
import * as operations from './operations.ts'

export * from './model.ts'
export const groups = domain('groups', operations, {})
