import { CollabError } from '@collab-kit/client/base'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
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
const active = (form: Form) => form.element.shadowRoot?.activeElement
const press = async (form: Form, keys: string) => {
  await userEvent.keyboard(keys)
  await drawn(form.element)
}

afterEach(() => {
  vi.useRealTimers()
  unmountAll()
})

describe('signing in', () => {
  it('[A11Y-4] works by keyboard alone, through every way in', async () => {
    const form = await open()
    form.element.focus()
    expect(active(form)?.id).toBe('displayName')
    await press(form, '{Tab}{Tab}{Enter}')
    expect(active(form)?.id).toBe('username')
    await press(form, 'ann{Tab}secret{Tab}')
    expect(active(form)?.getAttribute('aria-label')).toBe('Show password')
    await press(form, ' ')
    expect(form.one<HTMLInputElement>('#password').type).toBe('text')
    await press(form, '{Tab}{Enter}')
    expect(form.client.calls).toContainEqual(['signIn', { username: 'ann', password: 'secret' }])
  })

  it('[A11Y-8] keeps the focus while it works and when it has worked', async () => {
    let answer = (_me: typeof ann): void => {}
    const form = await open(
      {},
      { continueAsGuest: () => new Promise<typeof ann>((resolve) => (answer = resolve)) },
    )
    await userEvent.fill(form.one('#displayName'), 'Ann')
    await press(form, '{Tab}{Enter}')
    expect(active(form)).toBe(form.one('[part=submit-button]'))
    answer(ann)
    await vi.waitFor(() => expect(form.element.matches(':state(busy)')).toBe(false))
    await drawn(form.element)
    expect(active(form)).toBe(form.one('[part=submit-button]'))
  })

  it('[A11Y-30] says at every field what is wrong with it, and how to mend it', async () => {
    const form = await open({ guests: 'off' })
    form.element.focus()
    await press(form, '{Enter}')
    expect(active(form)?.id).toBe('username')
    for (const input of form.all('input')) {
      expect(input.getAttribute('aria-invalid')).toBe('true')
      const described = input.getAttribute('aria-describedby') ?? ''
      expect(form.element.shadowRoot?.getElementById(described)?.textContent?.trim()).toMatch(
        /^Enter your (username|password)\.$/,
      )
    }
  })

  it('[A11Y-31] waits as long as it takes, and so does what it says', async () => {
    const refuse = async () => {
      throw new CollabError('rate_limited')
    }
    const form = await open({ guests: 'off' }, { signIn: refuse })
    await userEvent.fill(form.one('#username'), 'ann')
    await userEvent.fill(form.one('#password'), 'wrong')
    await press(form, '{Enter}')
    await vi.waitFor(() => expect(form.all('#form-error')).toHaveLength(1))
    const text = form.text()
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'Date'] })
    vi.advanceTimersByTime(3_600_000)
    await form.element.updateComplete
    expect(form.text()).toBe(text)
    expect(form.one<HTMLInputElement>('#password').value).toBe('wrong')
  })

  it('[A11Y-29] is busy until it is known what there is to fill in', async () => {
    const form = await mount('collab-sign-in', {
      state: { connection: { status: 'connecting', since: 0, attempt: 0 } },
    })
    expect(form.one('.base').ariaBusy).toBe('true')
    form.client.set({ service: serviceInfo })
    await drawn(form.element)
    expect(form.one('.base').ariaBusy).toBe('false')
  })
})
