export { addAccount } from './accounts.ts'
export { authModule } from './handlers.ts'
export { hashPassword } from './passwords.ts'
