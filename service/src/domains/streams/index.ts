export { streamsModule } from './handlers.ts'
