import { CollabProviderElement } from './collab-provider.ts'

export { CollabProviderElement } from './collab-provider.ts'
export * from './collab-provider.events.ts'

CollabProviderElement.define()
