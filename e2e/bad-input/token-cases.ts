import { expect } from 'vitest'
import { doors, type Answers, type Door } from './doors.ts'
import type { Host, Parts } from './host.ts'

/** What was made wrong, under a name for the reader of a failure. */
export type Cases = Readonly<Record<string, Parts>>

/** Expected of every door, but for those that are named. */
type Expected = string | (Partial<Record<Door, string>> & { all: string })

/** What every door answers. */
export const everywhere = (expected: Expected): Answers => {
  const { all, ...others } = typeof expected === 'string' ? { all: expected } : expected
  return { ...Object.fromEntries(doors.map((door) => [door, all])), ...others } as Answers
}

/** Many values of one member, each a case. */
export const each = (name: string, values: readonly unknown[], of: 'header' | 'claims'): Cases =>
  Object.fromEntries(
    values.map((value) => [
      `${name} ${value === undefined ? 'absent' : JSON.stringify(value).slice(0, 40)}`,
      { [of]: { [name]: value } },
    ]),
  )

/** Shows each case at every door. */
export type Check = (expected: Expected, cases: Cases) => Promise<void>

export const checkWith =
  (host: Host): Check =>
  async (expected, cases) => {
    for (const [what, parts] of Object.entries(cases)) {
      expect(await host.answersTo(parts), what).toEqual(everywhere(expected))
    }
  }
