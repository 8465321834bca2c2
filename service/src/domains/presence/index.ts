export { presenceModule } from './handlers.ts'
export { presenceOf, visibleAmong } from './snapshot.ts'
