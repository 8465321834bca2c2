import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { mutantsOf } from './mutants.ts'
import { allMutants, judgeAll, placeOf } from './mutation.ts'
import { PAGE, readPage } from './page.ts'
import { survivors } from './survivors.ts'

const root = mkdtempSync(join(tmpdir(), 'mutants-'))
afterAll(() => rmSync(root, { recursive: true }))

/** What a source looks like after each of its mutants. */
function mutated(source: string): string[] {
  const path = join(root, 'source.ts')
  writeFileSync(path, source)
  return mutantsOf(path, root).map(
    ({ start, end, replacement }) => source.slice(0, start) + replacement + source.slice(end),
  )
}

test('a condition that refuses is taken away, as a whole and each of its reasons', () => {
  expect(mutated(`if (!row || row.gone) ctx.fail('not_found', { id })`)).toEqual([
    `if (false) ctx.fail('not_found', { id })`,
    `if (false || row.gone) ctx.fail('not_found', { id })`,
    `if (!row || false) ctx.fail('not_found', { id })`,
  ])
})

test('what is answered where all is well is answered always', () => {
  expect(mutated(`const f = () => (row && mine ? row : fail('forbidden'))`)).toEqual([
    `const f = () => (true ? row : fail('forbidden'))`,
    `const f = () => (true && mine ? row : fail('forbidden'))`,
    `const f = () => (row && true ? row : fail('forbidden'))`,
  ])
  expect(mutated(`const f = () => row ?? fail('not_found')`)).toEqual([`const f = () => row`])
})

test('a refusal without a condition is left out', () => {
  expect(mutated(`function f() { throw new CollabError('forbidden') }`)).toEqual([
    'function f() { ; }',
  ])
})

test('a refusal of an input is no check of access', () => {
  expect(mutated(`if (long) ctx.fail('too_large', { max })`)).toEqual([])
})

test('every reason for a survivor is about a check that is there', () => {
  const there = new Set(
    allMutants().map(({ file, within, original }) => `${file} ${within} ${original}`),
  )
  expect(survivors.filter(({ at, original }) => !there.has(`${at} ${original}`))).toEqual([])
})

test('a check that is taken away turns a cell red', { timeout: 240_000 }, async () => {
  const wanted = [
    /^kernel\/access\.ts:\d+ authoriseCaller: access === 'admin' && caller\.role !== 'admin' → false/,
    /^domains\/groups\/handlers\.ts:\d+ managesAll: .* → true/,
    /^domains\/chat\/judging\.ts:\d+ decidable: .* → false/,
  ]
  const mutants = allMutants().filter((each) => wanted.some((one) => one.test(placeOf(each))))
  expect(mutants).toHaveLength(wanted.length)
  const judged = await judgeAll(mutants, {
    expected: readPage(readFileSync(PAGE, 'utf8')),
    processes: 1,
  })
  for (const { red } of judged) expect(red).toMatch(/: expected \w+, got \w+$/)
})
