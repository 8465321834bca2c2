import { readFileSync } from 'node:fs'

const DAY = new URL('../../service/demo/ubuntu-irc-2016-11-02.jsonl', import.meta.url)
/** Size of every message: what the figures of other systems were measured with. */
const BYTES = 120

/** A real day of talk, run together and cut into messages of 120 bytes, as JSON strings. */
export function talk(): readonly string[] {
  const lines = readFileSync(DAY, 'utf8').trim().split('\n')
  const day = lines.map((line) => (JSON.parse(line) as { body: string }).body).join(' ')
  // One byte a character, so that a cut hits no character in its middle.
  const plain = day.replaceAll(/[^ -~]/g, '')
  const messages: string[] = []
  for (let at = 0; at + BYTES <= plain.length; at += BYTES) {
    messages.push(JSON.stringify(plain.slice(at, at + BYTES)))
  }
  return messages
}
