import type { Formats } from '../formats.ts'

/** What `<avatar-stack>` says of all together. */
export const avatarStack = {
  peopleHere: (f: Formats, count: number) =>
    f.plural(count, { one: '# person here', other: '# people here' }),
}
