import { CollabChat, CollabProvider, useMessages } from '@collab-kit/react'

export function App() {
  return (
    <CollabProvider serviceUrl="http://localhost:4000">
      <h1>The bicycle workshop</h1>
      <Latest />
      <CollabChat chatId="lobby" headingLevel={2} />
    </CollabProvider>
  )
}

/** Hooks read the same connection and the same state as the elements: nothing is loaded twice. */
function Latest() {
  const { messages } = useMessages('lobby')
  const last = messages.at(-1)
  return <p aria-live="off">{last ? `Last said: ${last.body}` : 'Nobody has said anything yet.'}</p>
}
