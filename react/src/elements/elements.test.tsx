import {
  CollabChatElement,
  type CollabSendEvent,
  type CollabSentEvent,
} from '@collab-kit/components'
import manifest from '@collab-kit/components/custom-elements.json' with { type: 'json' }
import { cleanup, render } from '@testing-library/react'
import { type ComponentType, createRef, useState } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CollabChat } from '../index.ts'
import * as everything from '../index.ts'
import { stage } from '../testing/stage.tsx'

const until = vi.waitFor

afterEach(cleanup)

interface Declaration {
  tagName?: string
  events?: { name: string }[]
}

const modules: readonly { declarations: readonly Declaration[] }[] = manifest.modules
const elements = modules.flatMap(({ declarations }) =>
  declarations.flatMap(({ tagName, events = [] }) =>
    tagName === undefined ? [] : { tagName, events },
  ),
)
const components = everything as unknown as Record<string, ComponentType<object> | undefined>

const pascal = (name: string) =>
  name.replaceAll(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase())

describe('components', () => {
  it.each(elements)('$tagName tells each of its events', ({ tagName, events }) => {
    using on = stage()
    const heard: string[] = []
    const listeners = events.map(({ name }): [string, (event: Event) => void] => [
      `on${pascal(name.replace('collab-', ''))}`,
      (event) => void heard.push(event.type),
    ])
    const Component = components[pascal(tagName)]
    if (!Component) throw new Error(`<${tagName}> has no component`)
    const props = { client: on.client, ...Object.fromEntries(listeners) }
    const { container } = render(<Component {...props} />)
    for (const { name } of events) container.querySelector(tagName)?.dispatchEvent(new Event(name))
    expect(heard).toEqual(events.map(({ name }) => name))
  })

  it('set properties of any type, and take them back', async () => {
    const ref = createRef<CollabChatElement>()
    const i18n = { send: 'Go' }
    const { rerender } = render(
      <CollabChat ref={ref} chatId="lobby" headingLevel={3} readonly i18n={i18n} className="wide" />,
    )
    const element = ref.current
    expect(element).toBeInstanceOf(CollabChatElement)
    expect(element).toMatchObject({ chatId: 'lobby', headingLevel: 3, readonly: true, i18n })
    expect(element?.className).toBe('wide')
    rerender(<CollabChat ref={ref} chatId="kitchen" />)
    expect(ref.current).toBe(element)
    expect(element?.chatId).toBe('kitchen')
    expect([element?.headingLevel, element?.i18n]).toEqual([undefined, undefined])
    expect(element?.readonly).toBeFalsy()
  })

  it('deliver events with their detail to the newest listener, and no longer to none', async () => {
    using on = stage()
    const heard: string[] = []
    const ref = createRef<CollabChatElement>()
    const App = ({ name }: { name?: string }) => {
      const hear = (event: CollabSentEvent) => heard.push(`${name}: ${event.detail.message.body}`)
      return (
        <on.Provided>
          <CollabChat ref={ref} chatId="lobby" {...(name && { onSent: hear })} />
        </on.Provided>
      )
    }
    const { rerender } = render(<App name="first" />)
    await until(() => expect(ref.current?.matches(':state(ready)')).toBe(true))
    expect(ref.current?.send('three')).toBe(true)
    await until(() => expect(heard).toEqual(['first: three']))
    rerender(<App name="second" />)
    ref.current?.send('four')
    await until(() => expect(heard).toEqual(['first: three', 'second: four']))
    rerender(<App />)
    const told = new Promise((resolve) => ref.current?.addEventListener('collab-sent', resolve))
    ref.current?.send('five')
    await told
    expect(heard).toHaveLength(2)
  })

  it('let a listener of onSend change a message or keep it back', async () => {
    using on = stage()
    const ref = createRef<CollabChatElement>()
    const onSend = (event: CollabSendEvent) => {
      if (event.detail.body.includes('secret')) event.preventDefault()
      else event.detail.body = event.detail.body.toUpperCase()
    }
    render(
      <on.Provided>
        <CollabChat ref={ref} chatId="lobby" onSend={onSend} />
      </on.Provided>,
    )
    await until(() => expect(ref.current?.matches(':state(ready)')).toBe(true))
    expect(ref.current?.send('a secret')).toBe(false)
    expect(ref.current?.send('hello')).toBe(true)
    await until(() => expect(on.called('chat.sendMessage')).toBe(1))
    expect(on.service.calls.find(({ operation }) => operation === 'chat.sendMessage')?.input).toMatchObject({ body: 'HELLO' })
  })

  it('keep what React puts into their slots up to date', async () => {
    function App() {
      const [count, setCount] = useState(0)
      return (
        <CollabChat chatId="lobby">
          <button slot="header-actions" onClick={() => setCount(count + 1)}>
            {count}
          </button>
        </CollabChat>
      )
    }
    const { getByRole } = render(<App />)
    getByRole('button', { name: '0' }).click()
    await until(() => expect(getByRole('button', { name: '1' }).slot).toBe('header-actions'))
  })
})
