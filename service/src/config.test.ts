import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, loadConfig, settings } from './config.ts'

function problems(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('every setting has a default', () => {
  const { config, sources, warnings } = loadConfig({})
  expect(config).toMatchObject({
    port: 4000,
    dataDir: './data',
    guests: 'off',
    registration: 'closed',
    demo: 'off',
    chats: [],
  })
  expect([sources.size, warnings]).toEqual([0, []])
})

test('variables are named after their settings, COLLAB_PORT wins over PORT', () => {
  const { config, sources } = loadConfig({
    PORT: '1',
    COLLAB_PORT: '2',
    COLLAB_LIMITS_OPS_PER_SECOND: '5',
    COLLAB_ALLOWED_ORIGINS: 'https://a.example, https://*.b.example',
    COLLAB_CHATS: '[{"id":"help"}]',
  })
  expect(config).toMatchObject({
    port: 2,
    limits: { opsPerSecond: 5 },
    allowedOrigins: ['https://a.example', 'https://*.b.example'],
    chats: [{ id: 'help', kind: 'channel', visibility: 'public' }],
  })
  expect(sources.get('port')).toBe('COLLAB_PORT')
  expect(loadConfig({ PORT: '7' }).config.port).toBe(7)
})

test('all problems are told at once, by the name that is wrong', () => {
  const found = problems({
    COLLAB_PORT: 'http',
    COLLAB_GUESTS: 'yes',
    COLLAB_ALLOWED_ORIGINS: 'https://*',
    COLLAB_CHATS: '[{',
    COLLAB_DATABASE_URL: 'mysql://x',
  })
  for (const name of [
    'COLLAB_PORT',
    'COLLAB_GUESTS',
    'COLLAB_ALLOWED_ORIGINS',
    'COLLAB_CHATS',
    'COLLAB_DATABASE_URL',
  ]) {
    expect(
      found.some((each) => each.startsWith(name)),
      `${name} in ${found.join('; ')}`,
    ).toBe(true)
  }
})

test('what is wrong with JSON is told by place, not by what is written there', () => {
  const found = problems({
    COLLAB_ISSUERS: '[{"secret": hunter2}]',
    COLLAB_CHATS: '[{"id":"a" "b"}]',
  })
  expect(found).toEqual([
    'COLLAB_ISSUERS: not JSON',
    'COLLAB_CHATS: not JSON at position 11 (line 1 column 12)',
  ])
})

test('a database address that cannot be read is told without its password', () => {
  const found = problems({ COLLAB_DATABASE_URL: 'postgres://ann:hunter2@db.example:port/collab' })
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(/^COLLAB_DATABASE_URL: (?!.*hunter2)/)
})

test('the name of the admin is one that an account can have', () => {
  expect(loadConfig({ COLLAB_ADMIN_USERNAME: 'Boss' }).config.adminUsername).toBe('Boss')
  for (const name of ['', 'the boss', 'a:b', 'a/b'])
    expect(problems({ COLLAB_ADMIN_USERNAME: name })[0], name).toMatch(/^COLLAB_ADMIN_USERNAME: /)
})

test('tokens last five seconds at least', () => {
  expect(loadConfig({ COLLAB_TOKEN_TTL: '5' }).config.tokenTtl).toBe(5)
  expect(problems({ COLLAB_TOKEN_TTL: '4' })).toHaveLength(1)
})

test('an unknown variable is a warning', () => {
  expect(loadConfig({ COLLAB_PROT: '1' }).warnings).toEqual([
    'COLLAB_PROT is no setting of this service',
  ])
})

test('a file gives values, variables win over it', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'collab-')), 'collab.json')
  writeFileSync(file, JSON.stringify({ port: 9, guests: 'on', limits: { opsBurst: 3 } }))
  const { config, sources } = loadConfig({ COLLAB_CONFIG: file, COLLAB_PORT: '10' })
  expect(config).toMatchObject({ port: 10, guests: 'on', limits: { opsBurst: 3 } })
  expect(sources.get('guests')).toBe(file)
  writeFileSync(file, JSON.stringify({ prot: 9 }))
  expect(problems({ COLLAB_CONFIG: file })[0]).toContain('prot')
})

test('the demo opens guests and registration and makes the lobby, unless told otherwise', () => {
  expect(loadConfig({ COLLAB_DEMO: 'on' }).config).toMatchObject({
    guests: 'on',
    registration: 'open',
    chats: [{ id: 'lobby' }],
  })
  expect(loadConfig({ COLLAB_DEMO: 'on', COLLAB_GUESTS: 'off' }).config.guests).toBe('off')
})

test('issuers of tokens are told as JSON, and what is wrong by place', () => {
  const host = {
    issuer: 'https://host.example',
    audience: 'chat',
    algorithm: 'HS256',
    secret: 'a secret of the host, long enough',
    primary: true,
  }
  const { config } = loadConfig({ COLLAB_ISSUERS: JSON.stringify([host]) })
  expect(config.issuers).toEqual([{ ...host, groups: [] }])
  const wrong = { ...host, issuer: 'https://other.example', secret: 'short', primary: false }
  expect(problems({ COLLAB_ISSUERS: JSON.stringify([host, wrong]) })).toEqual([
    'COLLAB_ISSUERS[1].secret: a secret for HS256 has at least 32 bytes',
    'COLLAB_ISSUERS[1].name: an issuer that is not the primary one needs a name',
  ])
  const file = join(mkdtempSync(join(tmpdir(), 'collab-')), 'collab.json')
  writeFileSync(file, JSON.stringify({ issuers: [{ ...host, secret: 'short' }] }))
  expect(problems({ COLLAB_CONFIG: file })).toEqual([
    `${file}: issuers[0].secret: a secret for HS256 has at least 32 bytes`,
  ])
})

test('what is secret is known, within lists too', () => {
  const secret = settings.flatMap((setting) => [
    ...(setting.secret ? [setting.path] : []),
    ...setting.secretFields.map((field) => `${setting.path}[].${field}`),
  ])
  expect(secret).toEqual(['issuers[].secret', 'adminPassword'])
})
