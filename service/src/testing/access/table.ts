import type { Table } from './row.ts'
import { activitiesTable } from './table-activities.ts'
import { authTable } from './table-auth.ts'
import { chatTable } from './table-chat.ts'
import { peopleTable } from './table-people.ts'
import { presenceTable } from './table-presence.ts'
import { streamsTable } from './table-streams.ts'

/** What is asked for of every operation; one that is missing does not compile. */
export const table: Table = {
  ...activitiesTable,
  ...authTable,
  ...chatTable,
  ...peopleTable,
  ...presenceTable,
  ...streamsTable,
}
