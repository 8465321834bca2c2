import { AvatarStackElement } from './avatar-stack.ts'

export { AvatarStackElement } from './avatar-stack.ts'
export * from '../presence/presence.events.ts'
export * from './avatar-stack.events.ts'

AvatarStackElement.define()
