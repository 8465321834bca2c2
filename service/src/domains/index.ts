import type { Module } from '../kernel/module.ts'
import { activitiesModule } from './activities/index.ts'
import { authModule } from './auth/index.ts'
import { chatModule } from './chat/index.ts'
import { contactsModule } from './contacts/index.ts'
import { groupsModule } from './groups/index.ts'
import { presenceModule } from './presence/index.ts'
import { streamsModule } from './streams/index.ts'
import { systemModule } from './system/index.ts'
import { usersModule } from './users/index.ts'

/** Every domain of the service. */
export const modules: readonly Module[] = [
  systemModule,
  streamsModule,
  authModule,
  usersModule,
  groupsModule,
  contactsModule,
  presenceModule,
  activitiesModule,
  chatModule,
]
