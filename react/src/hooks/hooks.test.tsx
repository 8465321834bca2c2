import { selectMe } from '@collab-kit/client'
import type { ScriptedService } from '@collab-kit/client/testing'
import { chatStream } from '@collab-kit/protocol/runtime'
import { cleanup, render, renderHook } from '@testing-library/react'
import { version } from 'react'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { RELEASE_DELAY_MS } from '../lease.ts'
import { stage } from '../testing/stage.tsx'
import { useChat } from './use-chat.ts'
import { useCollab } from './use-collab.ts'
import { useCollabState } from './use-collab-state.ts'
import { useConnection } from './use-connection.ts'
import { useDraft } from './use-draft.ts'
import { useMessages } from './use-messages.ts'

const until = vi.waitFor

const benWrites = (service: ScriptedService) =>
  service.push(
    'chat.typingChanged',
    { chatId: 'lobby', username: 'ben', typing: true },
    { stream: chatStream('lobby'), durable: false },
  )

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

it('these tests run on the React that the project names', () => {
  expect(version.split('.')[0]).toBe(inject('reactMajor'))
})

describe('useCollab', () => {
  it('gives the client of the nearest provider, or the one given', () => {
    using outer = stage()
    using inner = stage()
    const nested = ({ children }: { children: React.ReactNode }) => (
      <outer.Provided>
        <inner.Provided>{children}</inner.Provided>
      </outer.Provided>
    )
    expect(renderHook(() => useCollab(), { wrapper: nested }).result.current).toBe(inner.client)
    expect(renderHook(() => useCollab(outer.client)).result.current).toBe(outer.client)
  })

  it('says what is missing without a provider', () => {
    const complain = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(() => renderHook(() => useChat('lobby'))).toThrow('There is no <CollabProvider> around')
    complain.mockRestore()
  })
})

describe('useCollabState', () => {
  it('draws again only when the selected part changes, and keeps equal objects', async () => {
    using on = stage()
    let draws = 0
    const { result } = renderHook(
      () => {
        draws++
        return useCollabState((state) => ({ name: selectMe(state)?.displayName }))
      },
      { wrapper: on.Provided },
    )
    await until(() => expect(result.current).toEqual({ name: 'Ann' }))
    const [before, drawn] = [result.current, draws]
    on.client.chat('lobby').setDraft('something else')
    expect(on.client.store.getState().chats['lobby']?.draft).toBe('something else')
    expect([result.current, draws]).toEqual([before, drawn])
    expect(result.current).toBe(before)
  })
})

describe('useConnection', () => {
  it('follows the status and says why it is not live', async () => {
    using on = stage()
    const { result } = renderHook(() => useConnection(), { wrapper: on.Provided })
    await until(() => expect(result.current.status).toBe('live'))
    const { connect } = result.current
    on.service.refuse({ code: 'forbidden', message: '', retryable: false, requestId: '' })
    on.service.drop()
    await until(() => expect(result.current.status).toBe('refused'))
    expect(result.current.error?.code).toBe('forbidden')
    on.service.accept()
    result.current.connect()
    await until(() => expect(result.current.status).toBe('live'))
    expect(result.current.connect).toBe(connect)
  })
})

describe('useChat', () => {
  it('opens the chat and follows what is known of it', async () => {
    using on = stage()
    const { result } = renderHook(() => useChat('lobby'), { wrapper: on.Provided })
    expect(result.current).toMatchObject({ chatId: 'lobby', status: 'loading', typing: [] })
    await until(() => expect(result.current.status).toBe('ready'))
    expect(result.current.chat?.chatId).toBe('lobby')
    benWrites(on.service)
    await until(() => expect(result.current.typing).toEqual(['ben']))
  })

  it('says why a chat is refused', async () => {
    using on = stage()
    const { result } = renderHook(() => useChat('nowhere'), { wrapper: on.Provided })
    await until(() => expect(result.current.status).toBe('refused'))
    expect(result.current.error?.code).toBe('not_found')
  })

  it('gives the same functions at every drawing, and the same object when nothing changed', async () => {
    using on = stage()
    const { result, rerender } = renderHook(() => useChat('lobby'), { wrapper: on.Provided })
    const { send, loadOlder, setTyping, markRead } = result.current
    await until(() => expect(result.current.status).toBe('ready'))
    expect(result.current).toMatchObject({ send, loadOlder, setTyping, markRead })
    expect(result.current.send).toBe(send)
    const before = result.current
    rerender()
    expect(result.current).toBe(before)
  })

  it('lets go of the chat a moment after the last component that uses it', async () => {
    using on = stage()
    const first = renderHook(() => useChat('lobby'), { wrapper: on.Provided })
    const second = renderHook(() => useMessages('lobby'), { wrapper: on.Provided })
    await until(() => expect(first.result.current.status).toBe('ready'))
    const status = () => on.client.store.getState().chats['lobby']?.status
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    first.unmount()
    vi.advanceTimersByTime(RELEASE_DELAY_MS)
    expect(status()).toBe('ready')
    second.unmount()
    vi.advanceTimersByTime(RELEASE_DELAY_MS - 1)
    expect(status()).toBe('ready')
    // Time that stands still goes on while this waits.
    await vi.waitFor(() => expect(status()).toBe('idle'))
  })

  it('loads once in StrictMode, where React mounts everything twice', async () => {
    using on = stage()
    const { result } = renderHook(() => [useChat('lobby'), useMessages('lobby')] as const, {
      wrapper: on.Provided,
      reactStrictMode: true,
    })
    await until(() => expect(result.current[0].status).toBe('ready'))
    expect(on.called('chat.readHistory')).toBe(1)
    expect(on.service.connections).toHaveLength(1)
  })

  it('shows the other chat at once when its id changes, and nothing of the one before', async () => {
    using on = stage()
    const seen: string[] = []
    const { result, rerender } = renderHook(
      ({ chatId }) => {
        const chat = useChat(chatId)
        const { messages } = useMessages(chatId)
        seen.push(...messages.map((message) => `${chatId}: ${message.chatId}`))
        return { chat, messages }
      },
      { wrapper: on.Provided, initialProps: { chatId: 'lobby' } },
    )
    await until(() => expect(result.current.messages).toHaveLength(2))
    const { send } = result.current.chat
    rerender({ chatId: 'kitchen' })
    expect(result.current.messages).toEqual([])
    expect(result.current.chat.send).not.toBe(send)
    await until(() => expect(result.current.messages.map(({ body }) => body)).toEqual(['tea']))
    expect(new Set(seen)).toEqual(new Set(['lobby: lobby', 'kitchen: kitchen']))
  })
})

describe('useMessages', () => {
  it('shows what is on its way, then what the service has', async () => {
    using on = stage()
    const { result } = renderHook(() => ({ ...useChat('lobby'), ...useMessages('lobby') }), {
      wrapper: on.Provided,
    })
    await until(() => expect(result.current.status).toBe('ready'))
    const bodies = () => result.current.messages.map(({ body }) => body)
    let answer = () => {}
    const held = new Promise<void>((resolve) => (answer = resolve))
    on.service.answer('chat.sendMessage', async ({ chatId = '', clientMessageId, body }) => {
      await held
      return { ...on.service.say(chatId, 'ann', body), clientMessageId }
    })
    result.current.send('three')
    await until(() => expect(result.current.pending.map(({ body }) => body)).toEqual(['three']))
    answer()
    await until(() => expect(bodies()).toEqual(['one', 'two', 'three']))
    on.service.say('lobby', 'ben', 'four')
    await until(() => expect(bodies()).toEqual(['one', 'two', 'three', 'four']))
  })

  it('loads older messages', async () => {
    using on = stage({
      chats: [{ chatId: 'lobby', messages: Array.from({ length: 60 }, (_, at) => `no ${at}`) }],
    })
    const { result } = renderHook(() => useMessages('lobby'), { wrapper: on.Provided })
    await until(() => expect(result.current).toMatchObject({ hasOlder: true, loadingOlder: false }))
    void result.current.loadOlder()
    await until(() => expect(result.current.messages).toHaveLength(60))
    expect(result.current.hasOlder).toBe(false)
  })

  it('draws nothing again because somebody writes', async () => {
    using on = stage()
    let draws = 0
    const { result } = renderHook(
      () => {
        draws++
        return useMessages('lobby')
      },
      { wrapper: on.Provided },
    )
    await until(() => expect(result.current.status).toBe('ready'))
    const before = draws
    benWrites(on.service)
    await until(() => expect(on.client.store.getState().chats['lobby']?.typing).toEqual(['ben']))
    expect(draws).toBe(before)
  })
})

describe('useDraft', () => {
  it('is shared by all who show the same chat', async () => {
    using on = stage()
    function Field({ name }: { name: string }) {
      const [draft, setDraft] = useDraft('lobby')
      return (
        <input aria-label={name} value={draft} onChange={({ target }) => setDraft(target.value)} />
      )
    }
    const { getByLabelText } = render(
      <on.Provided>
        <Field name="left" />
        <Field name="right" />
      </on.Provided>,
    )
    on.client.chat('lobby').setDraft('half a')
    await until(() => expect(getByLabelText('right')).toHaveProperty('value', 'half a'))
    expect(getByLabelText('left')).toHaveProperty('value', 'half a')
  })

  it('keeps its pair and its function as long as nothing changes', () => {
    using on = stage()
    const { result, rerender } = renderHook(() => useDraft('lobby'), { wrapper: on.Provided })
    const before = result.current
    rerender()
    expect(result.current).toBe(before)
  })
})
