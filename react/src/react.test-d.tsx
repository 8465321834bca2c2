// What compiles, and what must not.
import type { CollabClient } from '@collab-kit/client'
import type { CollabChatElement, CollabSentEvent } from '@collab-kit/components'
import { createRef } from 'react'
import {
  CollabChat,
  CollabProvider,
  useActivity,
  useChat,
  useCollabState,
  useCursors,
  useDraft,
  useFollow,
  useMessages,
  useOwnPresence,
  useParticipants,
  usePresence,
  useSharedState,
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

interface Bike {
  colour: string
  gears?: number
}

export function Together() {
  const { people, audience } = usePresence({ activity: { type: 'workshop', id: 'bicycles' } })
  const names: string[] = people.map(({ username, user }) => user?.displayName ?? username)
  names.push(`${audience?.online}`)
  // @ts-expect-error people are watched by one of the ways there are
  usePresence({ room: 'lobby' })
  // @ts-expect-error there is no such state
  if (people[0]?.state === 'asleep') return null
  const [own, setOwn] = useOwnPresence(client)
  void setOwn({ state: own?.state === 'dnd' ? 'available' : 'dnd', status: null })
  // @ts-expect-error nobody says that they are offline
  void setOwn({ state: 'offline' })

  const { setState, broadcast, rejoin, reason } = useActivity('workshop', 'bicycles', {
    lurk: false,
    create: { title: 'Bicycles' },
    client,
  })
  setState({ tool: 'spoke key', hands: [1, 2] })
  broadcast(reason ?? 'bell')
  rejoin()
  // @ts-expect-error a state is JSON
  setState({ tool: () => {} })
  // @ts-expect-error an activity has a type and an id
  useActivity('workshop')
  // @ts-expect-error nobody else decides
  useActivity('workshop', 'bicycles', { conflicts: 'nobody' })

  const [bike, setBike, { conflict, resolve }] = useSharedState<Bike>(
    'workshop',
    'bicycles',
    'bike',
  )
  // @ts-expect-error nobody may have set it yet
  bike.colour.trim()
  setBike({ colour: conflict?.theirs?.colour ?? 'red' })
  setBike((old) => ({ ...old, colour: 'blue' }))
  resolve('theirs')
  // @ts-expect-error a bike has a colour
  setBike({ gears: 3 })
  const [count, setCount] = useSharedState('workshop', 'bicycles', 'count', 0)
  setCount(count + 1)
  setCount((old) => old + 1)
  // @ts-expect-error the value is of the type that it begins with
  setCount('many')

  const places: number[] = useCursors('workshop', 'bicycles').map(({ inline }) => inline)
  const { follow, following } = useFollow('workshop', 'bicycles')
  const [first] = useParticipants('workshop', 'bicycles').people
  if (first && !following) follow(first.connections[0]?.connectionId ?? '')
  // @ts-expect-error people are followed by one of their connections
  follow(first)
  return places
}
