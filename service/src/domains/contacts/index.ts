export { contactsModule } from './handlers.ts'
