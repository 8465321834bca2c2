import type { Table } from './row.ts'
import { authTable } from './table-auth.ts'
import { chatTable } from './table-chat.ts'
import { peopleTable } from './table-people.ts'
import { streamsTable } from './table-streams.ts'

/** What is asked for of every operation; one that is missing does not compile. */
export const table: Table = { ...authTable, ...chatTable, ...peopleTable, ...streamsTable }
