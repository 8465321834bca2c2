import { type ClientOptions, type CollabClient, createCollab } from '@collab-kit/client'
import { scriptedService, type ScriptedService } from '@collab-kit/client/testing'
import { cleanup, render } from '@testing-library/react'
import { lazy, StrictMode, Suspense, useState } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CollabChat, CollabProvider, useChat, useConnection, useMessages } from './index.ts'
import { RELEASE_DELAY_MS } from './lease.ts'

let service: ScriptedService
let made: ClientOptions[]
/** Clients that somebody holds. */
let unclosed = 0

// Everything that connects, elements too, reaches the scripted service, whatever its address.
vi.mock(import('@collab-kit/client'), async (original) => {
  const client = await original()
  return {
    ...client,
    createCollab: (options) => {
      made.push(options)
      const { transport, fetch, storage } = service.options
      const real = client.createCollab({ ...options, transport, fetch, storage })
      unclosed++
      const close = () => {
        unclosed--
        real.close()
      }
      return Object.assign(Object.create(real) as CollabClient, { close })
    },
  }
})

const until = vi.waitFor
const URL = 'https://chat.example'
const live = () => until(() => expect(service.connections).toHaveLength(1))

beforeEach(() => {
  service = scriptedService({ chats: [{ chatId: 'lobby', messages: ['one'] }] })
  made = []
  unclosed = 0
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

function Bodies() {
  const { messages } = useMessages('lobby')
  return <p>{messages.map(({ body }) => body).join()}</p>
}

function Status() {
  return <output>{useConnection().status}</output>
}

describe('a provider', () => {
  it('opens one connection for hooks, components and raw tags, in StrictMode and with inline functions', async () => {
    let asked = 0
    let again = () => {}
    function App() {
      const [, draw] = useState({})
      again = () => draw({})
      return (
        <CollabProvider
          serviceUrl={URL}
          getToken={async () => {
            asked++
            return 'token:ann'
          }}
          onStatusChange={() => {}}
        >
          {Array.from({ length: 4 }, (_, at) => (
            <CollabChat key={at} chatId="lobby" onSent={() => {}} />
          ))}
          {Array.from({ length: 4 }, (_, at) => (
            <Bodies key={at} />
          ))}
          <collab-chat chat-id="lobby" />
          <Status />
        </CollabProvider>
      )
    }
    const { container } = render(
      <StrictMode>
        <App />
      </StrictMode>,
    )
    const status = () => container.querySelector('output')?.textContent
    await until(() => expect(status()).toBe('live'))
    const before = made.length
    for (let round = 0; round < 5; round++) again()
    await until(() => {
      const chats = [...container.querySelectorAll('collab-chat')]
      const drawn = chats.map(({ shadowRoot }) => shadowRoot?.querySelectorAll('article').length)
      expect(drawn).toEqual([1, 1, 1, 1, 1])
      expect(container.querySelectorAll('p')[3]?.textContent).toBe('one')
    })
    expect([service.connections, asked, status()]).toEqual([['token:ann'], 1, 'live'])
    expect(made).toHaveLength(before)
  })

  it('asks the newest function for a token, not the first', async () => {
    const asked: string[] = []
    const App = ({ name }: { name: string }) => (
      <CollabProvider
        serviceUrl={URL}
        getToken={async (reason) => {
          asked.push(`${name}: ${reason}`)
          service.accept()
          return `token:${name}`
        }}
      >
        <Status />
      </CollabProvider>
    )
    const { rerender } = render(<App name="ann" />)
    await live()
    rerender(<App name="ben" />)
    service.refuse({ code: 'token_expired', message: '', retryable: false, requestId: '' })
    service.drop()
    await until(() => expect(service.connections).toEqual(['token:ben']))
    expect(asked).toEqual(['ann: initial', 'ben: rejected'])
  })

  it('closes its connection three seconds after it is gone, and not before', async () => {
    const App = ({ there }: { there: boolean }) =>
      there ? (
        <CollabProvider serviceUrl={URL} token="token:ann">
          <CollabChat chatId="lobby" />
          <Bodies />
        </CollabProvider>
      ) : null
    const { rerender } = render(<App there />)
    await live()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    rerender(<App there={false} />)
    vi.advanceTimersByTime(RELEASE_DELAY_MS - 1)
    expect(service.connections).toHaveLength(1)
    rerender(<App there />)
    vi.advanceTimersByTime(10 * RELEASE_DELAY_MS)
    expect(service.connections).toHaveLength(1)
    rerender(<App there={false} />)
    vi.advanceTimersByTime(RELEASE_DELAY_MS)
    expect(service.connections).toEqual([])
    expect(unclosed).toBe(0)
  })

  it('leaves nothing of what React rendered and threw away', () => {
    const Suspended = lazy(() => new Promise<never>(() => {}))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { unmount } = render(
      <StrictMode>
        <Suspense>
          <CollabProvider serviceUrl={URL} token="token:ann">
            <Suspended />
          </CollabProvider>
        </Suspense>
      </StrictMode>,
    )
    unmount()
    expect(unclosed).toBeGreaterThan(0)
    vi.advanceTimersByTime(RELEASE_DELAY_MS)
    expect(unclosed).toBe(0)
  })

  it('connects after a rendering that takes longer than the release', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let slow = true
    function Slow() {
      if (slow) vi.advanceTimersByTime(RELEASE_DELAY_MS)
      slow = false
      return null
    }
    const { container, unmount } = render(
      <CollabProvider serviceUrl={URL} token="token:ann">
        <Slow />
        <Bodies />
      </CollabProvider>,
    )
    await until(() => expect(container.textContent).toBe('one'))
    expect([service.connections.length, unclosed]).toEqual([1, 1])
    unmount()
    vi.advanceTimersByTime(RELEASE_DELAY_MS)
    expect([service.connections.length, unclosed]).toEqual([0, 0])
  })

  it('connects elsewhere when its account or token is another one, and leaves where it was', async () => {
    const App = (props: { account?: string; token: string }) => (
      <CollabProvider serviceUrl={URL} {...props}>
        <Bodies />
      </CollabProvider>
    )
    const { rerender, container } = render(<App token="token:ann" />)
    await live()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    rerender(<App token="token:ben" account="work" />)
    await until(() => expect(service.connections).toEqual(['token:ann', 'token:ben']))
    await until(() => expect(container.textContent).toBe('one'))
    vi.advanceTimersByTime(RELEASE_DELAY_MS)
    expect(service.connections).toEqual(['token:ben'])
  })

  it('takes an address relative to the page', async () => {
    render(
      <CollabProvider serviceUrl="/chat">
        <i />
      </CollabProvider>,
    )
    expect(made[0]?.serviceUrl).toBe(`${location.origin}/chat`)
  })

  it('says that it needs an address or a client', () => {
    const complain = vi.spyOn(console, 'error').mockImplementation(() => {})
    // @ts-expect-error neither is given
    expect(() => render(<CollabProvider />)).toThrow('<CollabProvider> needs serviceUrl or client')
    complain.mockRestore()
  })

  it('uses a client given to it, and leaves closing it to the giver', async () => {
    const client = createCollab({ serviceUrl: URL, token: 'token:ann' })
    const App = () => (
      <CollabProvider client={client}>
        <CollabChat chatId="lobby" />
        <Bodies />
      </CollabProvider>
    )
    const { container, unmount } = render(<App />)
    await until(() => expect(container.querySelector('p')?.textContent).toBe('one'))
    expect(container.querySelector('collab-chat')?.client).toBe(client)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    unmount()
    vi.advanceTimersByTime(RELEASE_DELAY_MS)
    expect(service.connections).toHaveLength(1)
    client.close()
    expect(service.connections).toEqual([])
  })

  it('lets nobody sign in where the page issues the tokens, and tells of it', async () => {
    service.refuse({ code: 'unauthenticated', message: '', retryable: false, requestId: '' })
    const told = vi.fn<(event: Event) => void>()
    const { container } = render(
      <CollabProvider serviceUrl={URL} getToken={async () => 'old'} onAuthError={told}>
        <CollabChat chatId="lobby" />
      </CollabProvider>,
    )
    const chat = () => container.querySelector('collab-chat')?.shadowRoot
    await until(() => expect(chat()?.textContent).toContain('Your session has ended'))
    expect(chat()?.querySelector('collab-sign-in')).toBeNull()
    expect(told).toHaveBeenCalledOnce()
  })
})

it('a chat stays open while the component that shows it moves elsewhere', async () => {
  const Shown = () => <p>{useChat('lobby').status}</p>
  const App = ({ left }: { left: boolean }) => (
    <CollabProvider serviceUrl={URL} token="token:ann">
      {left ? <aside>{<Shown />}</aside> : <main>{<Shown />}</main>}
    </CollabProvider>
  )
  const { container, rerender } = render(<App left />)
  await until(() => expect(container.querySelector('aside p')?.textContent).toBe('ready'))
  rerender(<App left={false} />)
  expect(container.querySelector('main p')?.textContent).toBe('ready')
})
