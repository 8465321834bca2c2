import { expect, it, vi } from 'vitest'
import { resolveServiceUrl } from './kit/default-service.ts'

it('the page script fetches what the page uses, now and later, and connects to where it came from', async () => {
  const before = document.body.appendChild(document.createElement('collab-provider'))
  expect(customElements.get('collab-provider')).toBeUndefined()
  const script = await import('./cdn.ts')
  await vi.waitFor(() => expect(customElements.get('collab-provider')).toBeDefined())
  expect(customElements.get('collab-sign-in')).toBeUndefined()
  expect(resolveServiceUrl(undefined)).toBe(location.origin)

  const later = document.body.appendChild(document.createElement('div'))
  later.append(document.createElement('collab-sign-in'))
  await vi.waitFor(() => expect(customElements.get('collab-sign-in')).toBeDefined())
  expect(customElements.get('collab-chat')).toBeUndefined()

  // What stands in a root of the page's own is asked for by name.
  await script.load('collab-chat')
  expect(customElements.get('collab-chat')).toBeDefined()
  before.remove()
  later.remove()
})
