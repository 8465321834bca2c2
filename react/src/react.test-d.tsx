// What compiles, and what must not.
import type { CollabClient } from '@collab-kit/client'
import type { CollabChatElement, CollabSentEvent } from '@collab-kit/components'
import { createRef } from 'react'
import {
  CollabChat,
  CollabProvider,
  useChat,
  useCollabState,
  useDraft,
  useMessages,
} from './index.ts'

declare const client: CollabClient

export const components = [
  <CollabChat
    key="all"
    ref={createRef<CollabChatElement>()}
    chatId="lobby"
    headingLevel={3}
    theme="dark"
    client={client}
    className="wide"
    style={{ blockSize: 400 }}
    data-testid="chat"
    onSend={(event) => {
      event.detail.body = event.detail.body.trim()
      event.preventDefault()
    }}
    onSent={({ detail }: CollabSentEvent) => detail.message.seq.toFixed()}
    onError={({ detail }) => detail.code.toUpperCase()}
    onClick={(event) => event.currentTarget.markRead()}
  />,
  // @ts-expect-error there is no such property
  <CollabChat key="typo" chat="lobby" />,
  // @ts-expect-error properties go by their own names
  <CollabChat key="attribute" headinglevel={3} />,
  // @ts-expect-error the values of a property are the element's
  <CollabChat key="value" theme="pink" />,
  // @ts-expect-error a property has one type
  <CollabChat key="type" headingLevel="3" />,
  // @ts-expect-error methods are called, not set
  <CollabChat key="method" send={() => true} />,
  // @ts-expect-error the insides of an element are its own
  <CollabChat key="inside" requestUpdate={() => {}} />,
  // @ts-expect-error what can only be read is not set
  <CollabChat key="readonly" updateComplete={Promise.resolve(true)} />,
  // @ts-expect-error this element tells no such thing
  <CollabChat key="event" onStatusChange={() => {}} />,
  // @ts-expect-error an event has the detail of its class
  <CollabChat key="detail" onSent={({ detail }) => detail.shouted} />,
  // @ts-expect-error a listener takes the event it gets
  <CollabChat key="listener" onSent={(text: string) => text} />,
  // @ts-expect-error a reference is to this element
  <CollabChat key="ref" ref={createRef<HTMLInputElement>()} />,
]

export const providers = [
  <CollabProvider key="client" client={client} theme="dark" />,
  <CollabProvider key="url" serviceUrl="https://chat.example" getToken={async () => 'token'} />,
  // @ts-expect-error there is nothing to connect with
  <CollabProvider key="nothing" />,
  // @ts-expect-error a client has its address already
  <CollabProvider key="both" client={client} serviceUrl="https://chat.example" />,
  // @ts-expect-error a token is a text
  <CollabProvider key="token" serviceUrl="https://chat.example" getToken={async () => 5} />,
  <CollabProvider
    key="event"
    client={client}
    onStatusChange={({ detail }) => {
      // @ts-expect-error there is no such status
      if (detail.status === 'asleep') throw new Error()
    }}
  />,
]

export function Hooks() {
  const { send, status, chat } = useChat('lobby', client)
  send('text')
  send({ body: 'text', data: { mood: 'good' } })
  // @ts-expect-error a message has a body
  send({ data: {} })
  // @ts-expect-error there is no such status
  if (status === 'asleep') return chat
  const { messages, loadOlder } = useMessages('lobby')
  void loadOlder()
  // @ts-expect-error messages are changed by what the client does
  messages.push()
  // @ts-expect-error a chat has an id
  useMessages()
  const [draft, setDraft] = useDraft('lobby')
  setDraft(draft.trim())
  // @ts-expect-error a draft is a text
  setDraft(5)
  const count: number = useCollabState((state) => Object.keys(state.chats).length)
  // @ts-expect-error the state has no such part
  useCollabState((state) => state.weather)
  return count
}
