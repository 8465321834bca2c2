import { afterEach, expect, test, vi } from 'vitest'
import { config } from './config.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** What the command prints with these variables. */
async function printed(environment: Record<string, string>): Promise<string> {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  expect(await config()).toBe(0)
  return lines.join('\n')
}

test('addresses are shown without their passwords, whatever these hold', async () => {
  for (const password of ['hunter2', 'a@b', 'a/b', 'a:b', 'a#b?c']) {
    const text = await printed({
      COLLAB_DATABASE_URL: `postgres://ann:${encodeURIComponent(password)}@db.example/collab`,
      COLLAB_REDIS_URL: `redis://:${encodeURIComponent(password)}@redis.example:6379`,
    })
    expect(text).toContain('postgres://ann:********@db.example/collab')
    expect(text).toContain('redis://:********@redis.example:6379')
    expect(text).not.toContain(encodeURIComponent(password))
  }
  const raw = await printed({ COLLAB_DATABASE_URL: 'postgres://ann:pa@ss:w0rt@db.example/collab' })
  expect(raw).not.toMatch(/pa@ss|w0rt/)
})

test('a password among the parameters of an address is not shown either', async () => {
  const url = 'postgres:///collab?host=/run/pg&user=ann&password=hunter2&sslmode=disable'
  const text = await printed({ COLLAB_DATABASE_URL: url })
  expect(text).toContain('user=ann&password=********&sslmode=disable')
  expect(text).not.toContain('hunter2')
})

test('addresses without a password and secrets of lists are as before', async () => {
  const issuer = {
    issuer: 'https://host.example',
    audience: 'chat',
    algorithm: 'RS256',
    jwksUrl: 'https://ann:hunter2@host.example/keys',
    primary: true,
  }
  const text = await printed({
    COLLAB_DATABASE_URL: 'postgres://ann@db.example:5432/collab',
    COLLAB_ISSUERS: JSON.stringify([issuer]),
    COLLAB_ADMIN_PASSWORD: 'hunter2hunter2',
  })
  expect(text).toContain('postgres://ann@db.example:5432/collab')
  expect(text).toContain('https://ann:********@host.example/keys')
  expect(text).not.toContain('hunter2')
})
