import { readFileSync } from 'node:fs'

const DAY = new URL('../../service/demo/ubuntu-irc-2016-11-02.jsonl', import.meta.url)

/** What was said on a real day, in its order. */
export const day: readonly string[] = readFileSync(DAY, 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as { body: string }).body)
