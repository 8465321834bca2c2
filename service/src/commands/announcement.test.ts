import { expect, test } from 'vitest'
import { loadConfig } from '../config.ts'
import { announcement } from './announcement.ts'

const told = (environment: Record<string, string>) =>
  announcement('http://localhost:4000', loadConfig(environment).config)

test('the demo says that guests and registration are open', () => {
  expect(told({ COLLAB_DEMO: 'on' })).toContain(
    'This is the demo: guests come in with a name alone, anybody may register.',
  )
  expect(told({ COLLAB_DEMO: 'on', COLLAB_REGISTRATION: 'closed' })).not.toContain('register')
})

test('without the demo there is the address alone', () => {
  expect(told({ COLLAB_GUESTS: 'on' })).toBe('\n  Collab Kit is at http://localhost:4000\n')
})
