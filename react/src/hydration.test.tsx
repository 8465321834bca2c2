import { scriptedService } from '@collab-kit/client/testing'
import { StrictMode } from 'react'
import { hydrateRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { HTML, Page } from './testing/page.tsx'

const service = scriptedService({ chats: [{ chatId: 'lobby', messages: ['one', 'two'] }] })

vi.mock(import('@collab-kit/client'), async (original) => {
  const client = await original()
  return {
    ...client,
    createCollab: (options) => {
      const { transport, fetch, storage } = service.options
      return client.createCollab({ ...options, transport, fetch, storage })
    },
  }
})

let box: HTMLElement
let root: Root | undefined

beforeEach(() => {
  box = document.body.appendChild(document.createElement('div'))
})
afterEach(() => {
  root?.unmount()
  box.remove()
})

it('what a server sent comes to life without a warning and is drawn no second time', async () => {
  const complain = vi.spyOn(console, 'error')
  box.innerHTML = HTML
  const [chat, own] = [box.querySelector('collab-chat'), box.querySelector('p')]
  root = hydrateRoot(
    box,
    <StrictMode>
      <Page />
    </StrictMode>,
    { onRecoverableError: (error) => console.error(error) },
  )
  await vi.waitFor(() => expect(own?.textContent).toBe('live ready 0 2 false '))
  expect([box.querySelector('collab-chat'), box.querySelector('p')]).toEqual([chat, own])
  expect(chat).toMatchObject({ chatId: 'lobby', headingLevel: 3 })
  await vi.waitFor(() => expect(chat?.shadowRoot?.querySelectorAll('article')).toHaveLength(2))
  expect(complain).not.toHaveBeenCalled()
  expect(service.connections).toHaveLength(1)
})
