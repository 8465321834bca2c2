export { chatStreamsOf, readableChat, readableChats } from './access.ts'
export { chatModule } from './handlers.ts'
