export { groupsModule } from './handlers.ts'
export { insertGroup, insertMembers, tokenGroupsOf } from './store.ts'
export { setTokenGroups } from './tokens.ts'
