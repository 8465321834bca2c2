export { groupsModule } from './handlers.ts'
export { insertGroup, insertMembers } from './store.ts'
export { hasTokenGroups, setTokenGroups } from './tokens.ts'
