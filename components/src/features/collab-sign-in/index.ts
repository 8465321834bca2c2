import { CollabSignInElement } from './collab-sign-in.ts'

export { CollabSignInElement } from './collab-sign-in.ts'
export * from './collab-sign-in.events.ts'

CollabSignInElement.define()
