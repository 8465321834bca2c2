export { authModule } from './handlers.ts'
export { makeKey } from './keys.ts'
export { insertApiKey } from './store.ts'
