import { CollabError } from '@collab-kit/client/base'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { findings } from '../../../demo/accessibility.ts'
import { ann, serviceInfo } from '../../../demo/fake-client.ts'
import { drawn, mount, type Mounted, unmountAll } from '../../../demo/mount.ts'
import type { CollabSignInElement } from './collab-sign-in.ts'
import './index.ts'

type Form = Mounted<CollabSignInElement>

const open = (service: Partial<typeof serviceInfo> = {}, auth = {}) =>
  mount('collab-sign-in', {
    state: {
      connection: { status: 'signed_out', since: 0, attempt: 0 },
      service: { ...serviceInfo, ...service },
    },
    auth,
  })
const refuse =
  (code: ConstructorParameters<typeof CollabError>[0], details = {}) =>
  async () => {
    throw new CollabError(code, { details })
  }
const title = (form: Form) => form.one('#title').textContent?.trim()
const fields = (form: Form) => form.all('input').map(({ id }) => id)
const go = async (form: Form, label: string) => {
  const button = form.all('button').find(({ textContent }) => textContent?.trim() === label)
  if (!button) throw new Error(`there is no button ${label}`)
  await userEvent.click(button)
  await drawn(form.element)
}
const fill = async (form: Form, values: Record<string, string>) => {
  for (const [id, value] of Object.entries(values)) await userEvent.fill(form.one(`#${id}`), value)
}
const problem = (form: Form, id: string) =>
  form.one(`#${form.one(`#${id}`).getAttribute('aria-describedby') ?? 'none'}`).textContent?.trim()

afterEach(unmountAll)

describe('sign-in', () => {
  it('asks a guest for nothing but a name', async () => {
    const form = await open()
    expect([title(form), fields(form)]).toEqual(['Join the conversation', ['displayName']])
    const entered: unknown[] = []
    form.element.addEventListener('collab-signed-in', ({ detail }) =>
      entered.push(detail.user.username),
    )
    await fill(form, { displayName: '  Ann K ' })
    await userEvent.keyboard('{Enter}')
    await vi.waitFor(() => expect(entered).toEqual(['ann']))
    expect(form.client.calls).toContainEqual(['continueAsGuest', { displayName: 'Ann K' }])
  })

  it('has an account one step behind, and a new one behind that', async () => {
    const form = await open()
    expect(form.text()).not.toContain('Create')
    await go(form, 'I have an account')
    expect([title(form), fields(form)]).toEqual(['Welcome back', ['username', 'password']])
    expect(form.element.shadowRoot?.activeElement?.id).toBe('username')
    await go(form, 'New here? Create an account')
    expect(fields(form)).toEqual(['displayName', 'username', 'password'])
    await go(form, 'Continue as guest instead')
    expect(fields(form)).toEqual(['displayName'])
  })

  it.each([
    [{ guests: 'off' } as const, ['username', 'password'], ['New here? Create an account']],
    [{ guests: 'off', registration: 'closed' } as const, ['username', 'password'], []],
    [{ registration: 'closed' } as const, ['displayName'], ['I have an account']],
  ])('offers what the service offers, %j', async (service, first, ways) => {
    const form = await open(service)
    expect(fields(form)).toEqual(first)
    expect(form.all('[part=way-button]').map(({ textContent }) => textContent?.trim())).toEqual(
      ways,
    )
  })

  it('is good for password managers', async () => {
    const form = await open({ guests: 'off' })
    const autocomplete = () => form.all('input').map((input) => input.getAttribute('autocomplete'))
    expect(autocomplete()).toEqual(['username', 'current-password'])
    await go(form, 'New here? Create an account')
    expect(autocomplete()).toEqual(['nickname', 'username', 'new-password'])
  })

  it('shows the password to the one who wants to see it', async () => {
    const form = await open({ guests: 'off' })
    const input = form.one<HTMLInputElement>('#password')
    await fill(form, { password: 'correct horse' })
    await userEvent.click(form.one('.reveal'))
    await drawn(form.element)
    expect([input.type, form.one('.reveal').getAttribute('aria-pressed')]).toEqual(['text', 'true'])
    expect(input.value).toBe('correct horse')
    expect(form.client.calls).toEqual([])
  })

  it('registers', async () => {
    const form = await open({ guests: 'off' })
    await go(form, 'New here? Create an account')
    await fill(form, { displayName: 'Ann', username: 'ann', password: 'long enough' })
    await go(form, 'Create account')
    expect(form.client.calls).toContainEqual([
      'register',
      { displayName: 'Ann', username: 'ann', password: 'long enough' },
    ])
  })
})

describe('a mistake', () => {
  it('[A11Y-30] that can be seen is told before anyone is asked, at the field, with the focus on the first', async () => {
    const form = await open({ guests: 'off' })
    await go(form, 'New here? Create an account')
    await fill(form, { displayName: 'Ann', username: 'ann k', password: 'short' })
    await go(form, 'Create account')
    expect(problem(form, 'username')).toBe(
      'Use letters, digits and signs, without spaces, “/”, “:” or “#”.',
    )
    expect(problem(form, 'password')).toBe('Use at least 8 characters.')
    expect(form.one('#username').getAttribute('aria-invalid')).toBe('true')
    expect(form.element.shadowRoot?.activeElement?.id).toBe('username')
    expect(form.client.calls).toEqual([])
    expect(await findings(form.element)).toEqual([])
    await fill(form, { username: 'ann' })
    await drawn(form.element)
    expect(form.one('#username').hasAttribute('aria-invalid')).toBe(false)
  })

  it('of a guest without a name says what the name is for', async () => {
    const form = await open()
    await go(form, 'Continue as guest')
    expect(problem(form, 'displayName')).toBe('Enter a name, so that others know who is talking.')
  })

  it.each([
    ['unauthenticated', 'Username and password don’t match. Check both and try again.'],
    ['rate_limited', 'Too many tries in a short time. Wait a moment, then try again.'],
    ['unavailable', 'The service can’t be reached right now. Check your connection and try again.'],
    ['internal', 'Something went wrong. Try again.'],
  ] as const)(
    '[A11Y-30] told by the service, %s, is a sentence that gets the focus',
    async (code, sentence) => {
      const form = await open({ guests: 'off' }, { signIn: refuse(code) })
      await fill(form, { username: 'ann', password: 'wrong' })
      await go(form, 'Sign in')
      await vi.waitFor(() => expect(form.one('#form-error').textContent?.trim()).toBe(sentence))
      expect(form.element.shadowRoot?.activeElement?.id).toBe('form-error')
      expect(form.one<HTMLInputElement>('#password').value).toBe('wrong')
      expect(await findings(form.element)).toEqual([])
    },
  )

  it('that nobody can mend by writing is told to the page as well', async () => {
    const form = await open({ guests: 'off' }, { signIn: refuse('internal') })
    const told: string[] = []
    form.element.addEventListener('collab-error', ({ detail }) => told.push(detail.code))
    await fill(form, { username: 'ann', password: 'correct' })
    await go(form, 'Sign in')
    await vi.waitFor(() => expect(told).toEqual(['internal']))
  })

  it('in a taken username is told at that field', async () => {
    const form = await open({ guests: 'off' }, { register: refuse('already_exists') })
    await go(form, 'New here? Create an account')
    await fill(form, { displayName: 'Ann', username: 'ann', password: 'long enough' })
    await go(form, 'Create account')
    await vi.waitFor(() =>
      expect(problem(form, 'username')).toBe('This username is taken. Choose another one.'),
    )
  })

  it('that the service finds in a name is told at the name', async () => {
    const form = await open(
      {},
      { continueAsGuest: refuse('invalid_payload', { path: ['displayName'] }) },
    )
    await fill(form, { displayName: 'Ann' })
    await go(form, 'Continue as guest')
    await vi.waitFor(() =>
      expect(problem(form, 'displayName')).toBe('Use 1 to 80 characters on one line.'),
    )
  })
})

describe('while waiting', () => {
  it('for the answer, a second press does nothing and the button says so', async () => {
    let answer = (_me: typeof ann): void => {}
    const form = await open(
      {},
      { continueAsGuest: () => new Promise<typeof ann>((resolve) => (answer = resolve)) },
    )
    await fill(form, { displayName: 'Ann' })
    await go(form, 'Continue as guest')
    expect(form.one('[part=submit-button]').textContent?.trim()).toBe('One moment…')
    expect(form.element.matches(':state(busy)')).toBe(true)
    form.one('[part=submit-button]').click()
    expect(form.client.calls.filter(([name]) => name === 'continueAsGuest')).toHaveLength(1)
    answer(ann)
    await vi.waitFor(() => expect(form.element.matches(':state(busy)')).toBe(false))
  })

  it('for what the service offers, there are grey shapes; without a service, a sentence', async () => {
    const form = await mount('collab-sign-in', {
      state: { connection: { status: 'connecting', since: 0, attempt: 0 } },
    })
    expect(form.one('.base').getAttribute('aria-busy')).toBe('true')
    expect(form.element.matches(':state(loading)')).toBe(true)
    form.client.connection('offline')
    await drawn(form.element)
    expect(form.text()).toContain('The service can’t be reached right now.')
  })
})
