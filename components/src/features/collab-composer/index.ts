import { CollabComposerElement } from './collab-composer.ts'

export * from '../chat/chat.events.ts'
export { CollabComposerElement } from './collab-composer.ts'

CollabComposerElement.define()
