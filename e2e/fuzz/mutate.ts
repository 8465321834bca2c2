import { readFileSync } from 'node:fs'
import type { Random } from '../rig/random.ts'

/** Texts that are known to make programs stumble. */
const NAUGHTY = JSON.parse(
  readFileSync(new URL('../data/blns.json', import.meta.url), 'utf8'),
) as string[]

const nested = (depth: number, inner: unknown): unknown =>
  depth === 0
    ? inner
    : depth % 2 === 0
      ? [nested(depth - 1, inner)]
      : { a: nested(depth - 1, inner) }

/** Values that no field expects. */
function hostileValue(random: Random): unknown {
  const makers: (() => unknown)[] = [
    () => null,
    () => random.pick([0, -1, 1.5, 2 ** 53, -(2 ** 53), 1e308, 5e-324, 4_294_967_296]),
    () => random.pick([true, false]),
    () => random.pick(NAUGHTY),
    () => [],
    () => ({}),
    () => ({ $ne: null }),
    () => ({ toString: 'x', valueOf: 1, length: -1 }),
    () => ({ toJSON: 'x' }),
    () =>
      'x'.repeat(random.pick([64, 65, 128, 129, 640, 641, 1024, 1025, 16_384, 16_385, 100_000])),
    () =>
      random.pick([
        '\ud800',
        'a\udc00',
        '\0',
        '\u202e',
        '\u200b',
        '\ufeff',
        ' ',
        '',
        '\n',
        '\u{10ffff}',
        '\u3164',
      ]),
    () => nested(random.whole(1, 40), 'x'),
    () => Array.from({ length: random.pick([201, 257, 1000]) }, (_, n) => n),
    () =>
      Object.fromEntries(
        Array.from({ length: random.pick([17, 256, 257, 2000]) }, (_, n) => [`k${n}`, n]),
      ),
    () =>
      JSON.parse(
        random.pick([
          '{"__proto__":{"a":1}}',
          '{"constructor":{"prototype":{"a":1}}}',
          '{"a":{"__proto__":null}}',
        ]),
      ) as unknown,
    () => ({ _placeholder: true, num: 0 }),
  ]
  return random.pick(makers)()
}

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value)
  return [path, ...entries.slice(0, 20).flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

function replaceAt(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  if (Array.isArray(value))
    return value.map((item: unknown, index) =>
      index === key ? replaceAt(item, rest, change) : item,
    )
  return {
    ...(value as object),
    [key]: replaceAt((value as Record<string, unknown>)[key], rest, change),
  }
}

function changeText(text: string, random: Random): string {
  const at = random.whole(0, text.length)
  return random.pick([
    () => text.slice(0, at) + random.pick(NAUGHTY) + text.slice(at),
    () => text + text,
    () => text.toUpperCase(),
    () => text.slice(at),
    () => encodeURIComponent(text.toWellFormed()),
    () => `${text}\0`,
    () => text.normalize('NFD'),
    () => ` ${text} `,
  ])()
}

/** The input with one to three things wrong with it; now and then it is no object any more. */
export function mutate(input: unknown, random: Random): unknown {
  let value = input
  for (let n = random.whole(1, 3); n > 0; n--) {
    const path = random.pick(pathsOf(value))
    value = replaceAt(value, path, (old) => changeValue(old, random))
  }
  return value
}

function changeValue(old: unknown, random: Random): unknown {
  const changes: (() => unknown)[] = [() => hostileValue(random)]
  if (typeof old === 'string') changes.push(() => changeText(old, random))
  if (typeof old === 'number')
    changes.push(() => random.pick([-old, old + 0.5, old + 1, String(old), old * 1e15]))
  if (Array.isArray(old))
    changes.push(
      () => [...(old as unknown[]), hostileValue(random)],
      () => [...(old as unknown[]), ...(old as unknown[])],
    )
  else if (typeof old === 'object' && old !== null) {
    const keys = Object.keys(old)
    const without = () =>
      Object.fromEntries(Object.entries(old).filter(([key]) => key !== random.pick(keys)))
    const more = () => ({
      ...old,
      [random.pick([
        'extra',
        'role',
        'seq',
        'commandId',
        'id',
        '',
        'constructor',
        ...NAUGHTY.slice(0, 20),
      ])]: hostileValue(random),
    })
    changes.push(more, ...(keys.length > 0 ? [without] : []))
  }
  return random.pick(changes)()
}

/** A text with a few characters changed, dropped, doubled or swapped. */
export function mutateText(text: string, random: Random): string {
  let value = text
  for (let n = random.whole(1, 4); n > 0; n--) {
    const at = random.whole(0, value.length)
    const to = Math.min(value.length, at + random.whole(1, 8))
    value = random.pick([
      () => value.slice(0, at) + value.slice(to),
      () => value.slice(0, to) + value.slice(at),
      () =>
        value.slice(0, at) +
        random.pick([
          '"',
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '\\',
          '\0',
          '\u001e',
          '1e999',
          '\ud800',
          '-',
          '\u007f',
          'null',
        ]) +
        value.slice(at),
      () => value.slice(0, at) + String.fromCharCode(random.whole(0, 255)) + value.slice(at + 1),
    ])()
  }
  return value
}

/** Bytes with some of them changed. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes)
  for (let n = random.whole(1, 6); n > 0 && changed.length > 0; n--)
    changed[random.whole(0, changed.length - 1)] = random.whole(0, 255)
  return random.chance(0.3) ? changed.subarray(0, random.whole(0, changed.length)) : changed
}
