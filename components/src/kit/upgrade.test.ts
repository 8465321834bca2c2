import { createCollab } from '@collab-kit/client/base'
import { expect, it, vi } from 'vitest'
import { fakeClient } from '../../demo/fake-client.ts'
import { drawn } from '../../demo/mount.ts'
import { CollabChatElement, CollabProviderElement } from '../index.ts'

vi.mock(import('@collab-kit/client/base'), async (original) => ({
  ...(await original()),
  createCollab: vi.fn<typeof createCollab>(() => fakeClient()),
}))

it('an element of a finished page hears a provider around it whose code comes right after its own', async () => {
  document.body.innerHTML = `<collab-provider service-url="https://around.example">
    <collab-chat chat-id="lobby"></collab-chat>
  </collab-provider>`
  const provider = document.querySelector('collab-provider')!
  const chat = document.querySelector('collab-chat')!
  // In one go, as a file does that a bundler made of both.
  CollabChatElement.define()
  CollabProviderElement.define()
  await drawn(chat)
  expect(vi.mocked(createCollab).mock.calls).toEqual([[{ serviceUrl: 'https://around.example' }]])
  expect(chat.client).toBe(provider.client)
  provider.remove()
})
