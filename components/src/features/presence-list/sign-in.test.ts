import { afterEach, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { type FakeOptions, serviceInfo } from '../../../demo/fake-client.ts'
import { drawn, mount, unmountAll } from '../../../demo/mount.ts'
import { presenceOf } from '../../../demo/presence-people.ts'
import type { CollabSignInElement } from '../collab-sign-in/collab-sign-in.ts'
import './index.ts'

const connection = { status: 'signed_out', since: 0, attempt: 0 } as const
const show = ({ state, ...options }: Parameters<typeof mount>[1] & FakeOptions) =>
  mount('presence-list', { ...options, state: { ...presenceOf([]), ...state } }, { contacts: true })

afterEach(unmountAll)

it('[A11Y-8] leads to the sign-in where the page issues no tokens, and keeps the focus once somebody is in', async () => {
  const list = await show({ state: { connection, service: serviceInfo } })
  expect(list.element.matches(':state(signed-out)')).toBe(true)
  const form = await vi.waitFor(() => list.one<CollabSignInElement>('collab-sign-in'))
  expect(form.client).toBe(list.client)
  expect(form.headingLevel).toBe(3)
  await drawn(form)
  form.focus()
  await userEvent.keyboard('Ann{Enter}')
  await vi.waitFor(() =>
    expect(list.client.calls).toContainEqual(['continueAsGuest', { displayName: 'Ann' }]),
  )
  list.client.set(presenceOf([]))
  list.client.connection('live')
  await drawn(list.element)
  expect(list.all('collab-sign-in')).toHaveLength(0)
  expect(list.element.shadowRoot?.activeElement).toBe(list.one('.base'))
})

it('says that the session has ended where the tokens are the page’s', async () => {
  const list = await show({ state: { connection }, auth: { own: false } })
  await vi.waitFor(() => expect(list.text()).toContain('Your session has ended'))
  expect(list.all('collab-sign-in')).toHaveLength(0)
  await userEvent.click(list.one('[part=notice-button]'))
  expect(list.client.calls).toContainEqual(['connect'])
})
