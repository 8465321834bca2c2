import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lintReference } from './check-reference.ts'

type Json = Record<string, unknown>

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'collab-reference-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The committed document with `at` set to `value`, in a file of its own. */
function planted(name: string, at: readonly string[], value: unknown): string {
  const source = resolve(import.meta.dirname, '../docs/reference', `${name}.json`)
  const document = JSON.parse(readFileSync(source, 'utf8')) as Json
  const parent = at.slice(0, -1).reduce<Json>((object, key) => object[key] as Json, document)
  parent[at.at(-1)!] = value
  const file = join(folder, `${name}.json`)
  writeFileSync(file, JSON.stringify(document))
  return file
}

const EMPTY_ANSWER = ['paths', '/system/echo', 'post', 'responses']
const BODY = ['paths', '/system/echo', 'post', 'requestBody', 'content', 'application/json']
const ECHO = ['channels', 'system.echo', 'messages', 'input']

test.each([
  [
    'openapi',
    'a schema that is not there',
    [...BODY, 'schema'],
    { $ref: '#/components/schemas/X' },
  ],
  ['openapi', 'an example that its schema refuses', [...BODY, 'example'], { message: 5 }],
  ['openapi', 'an operation that answers nothing', EMPTY_ANSWER, {}],
  ['openapi', 'a security scheme of no type', ['components', 'securitySchemes', 'bearer'], {}],
  ['asyncapi', 'a message that is not there', [...ECHO, 'payload'], { $ref: '#/channels/x' }],
  ['asyncapi', 'a type that is none', [...ECHO, 'payload', 'type'], 'objekt'],
  ['asyncapi', 'an operation without a direction', ['operations', 'system.echo', 'action'], 'go'],
])('%s with %s is refused', (...[name, , at, value]) => {
  const { code, output } = lintReference([planted(name, at, value)])
  expect(output).toContain('error')
  expect(code).not.toBe(0)
})

test('the committed documents are accepted', () => {
  const { code, output } = lintReference()
  expect(code, output).toBe(0)
  expect(output).toMatch(/openapi\.json: validated[^]*asyncapi\.json: validated/)
})
