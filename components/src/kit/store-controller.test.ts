import type { CollabClient, CollabState } from '@collab-kit/client'
import { html, LitElement, type TemplateResult } from 'lit'
import { afterEach, describe, expect, it } from 'vitest'
import { ann, fakeClient } from '../../demo/fake-client.ts'
import { StoreController } from './store-controller.ts'

class ReaderElement extends LitElement {
  client: CollabClient | undefined
  drawn = 0
  readonly changes: unknown[] = []
  readonly me = new StoreController(
    this,
    (state: CollabState) => state.me,
    (me) => this.changes.push(me?.username),
  )
  protected override render(): TemplateResult {
    this.drawn++
    return html`${this.me.value?.username ?? 'nobody'}`
  }
}
customElements.define('test-reader', ReaderElement)

const reader = async (client?: CollabClient) => {
  const element = new ReaderElement()
  element.client = client
  document.body.append(element)
  await element.updateComplete
  return element
}

afterEach(() => document.querySelectorAll('test-reader').forEach((element) => element.remove()))

describe('the store controller', () => {
  it('has nothing without a client', async () => {
    const element = await reader()
    expect(element.me.value).toBeUndefined()
    expect(element.shadowRoot?.textContent).toBe('nobody')
  })

  it('draws again when its part changes, and only then', async () => {
    const client = fakeClient()
    const element = await reader(client)
    expect(element.drawn).toBe(1)
    client.set({ users: { bo: { username: 'bo', displayName: 'Bo', guest: false } } })
    await element.updateComplete
    expect(element.drawn).toBe(1)
    client.set({ me: { ...ann, username: 'anna' } })
    await element.updateComplete
    expect(element.drawn).toBe(2)
    expect(element.shadowRoot?.textContent).toBe('anna')
    expect(element.changes).toEqual(['ann', 'anna'])
  })

  it('follows another client', async () => {
    const first = fakeClient()
    const second = fakeClient({ state: { me: { ...ann, username: 'other' } } })
    const element = await reader(first)
    element.client = second
    element.requestUpdate()
    await element.updateComplete
    expect(element.shadowRoot?.textContent).toBe('other')
    expect([first.subscribers, second.subscribers]).toEqual([0, 1])
  })

  it('lets go of the store with the page and comes back with it', async () => {
    const client = fakeClient()
    const element = await reader(client)
    element.remove()
    expect(client.subscribers).toBe(0)
    client.set({ me: { ...ann, username: 'later' } })
    document.body.append(element)
    await element.updateComplete
    expect(client.subscribers).toBe(1)
    expect(element.me.value?.username).toBe('later')
  })
})
