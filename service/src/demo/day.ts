import { readFile } from 'node:fs/promises'
import { packagePath } from '../package-folder.ts'

/** One message of the day. */
export interface Line {
  /** ISO 8601, exact to the minute. */
  at: string
  sender: string
  body: string
}

/** One real day of a help channel, in order; see `demo/README.md` for where it comes from. */
export async function readDay(): Promise<Line[]> {
  const text = await readFile(packagePath('../demo/ubuntu-irc-2016-11-02.jsonl'), 'utf8')
  return text
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => {
      const { at, sender, body } = JSON.parse(row) as Line
      return { at: new Date(at).toISOString(), sender, body }
    })
}

/**
 * When each message falls in a replay, milliseconds after the beginning: those of one minute are spread over it, for
 * the log knows no seconds.
 */
export function pace(lines: readonly Line[]): number[] {
  const begin = Date.parse(lines[0]?.at ?? '')
  const perMinute = new Map<string, number>()
  for (const { at } of lines) perMinute.set(at, (perMinute.get(at) ?? 0) + 1)
  let minute = ''
  let index = 0
  return lines.map(({ at }) => {
    index = at === minute ? index + 1 : 0
    minute = at
    return Date.parse(at) - begin + (index * 60_000) / perMinute.get(at)!
  })
}
