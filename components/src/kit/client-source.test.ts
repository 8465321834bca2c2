import { createCollab } from '@collab-kit/client/base'
import { afterEach, expect, it, vi } from 'vitest'
import { fakeClient } from '../../demo/fake-client.ts'
import { drawn } from '../../demo/mount.ts'
import '../features/collab-chat/index.ts'

vi.mock(import('@collab-kit/client/base'), async (original) => ({
  ...(await original()),
  createCollab: vi.fn<typeof createCollab>(() => fakeClient()),
}))

afterEach(() => document.querySelector('collab-provider')?.remove())

it('an element waits for a provider around it whose code is not there yet', async () => {
  expect(customElements.get('collab-provider')).toBeUndefined()
  const provider = document.createElement('collab-provider')
  provider.setAttribute('service-url', 'https://around.example')
  // Also where a shadow root lies between them.
  const between = provider.appendChild(document.createElement('div'))
  const chat = document.createElement('collab-chat')
  Object.assign(chat, { chatId: 'lobby', serviceUrl: 'https://own.example' })
  between.attachShadow({ mode: 'open' }).append(chat)
  document.body.append(provider)
  await drawn(chat)
  expect(createCollab).not.toHaveBeenCalled()

  await import('../features/collab-provider/index.ts')
  await drawn(chat)
  expect(vi.mocked(createCollab).mock.calls).toEqual([[{ serviceUrl: 'https://around.example' }]])
  expect(chat.client).toBe((provider as HTMLElementTagNameMap['collab-provider']).client)
})
