'use client'

import { CollabChat, CollabProvider, useChat } from '@collab-kit/react'

/** The server sends the frame; the connection is made in the browser. */
export function Chat() {
  return (
    <CollabProvider serviceUrl="http://localhost:4000">
      <Members />
      <CollabChat chatId="lobby" headingLevel={2} />
    </CollabProvider>
  )
}

function Members() {
  const { chat } = useChat('lobby')
  return <p>{chat ? `${chat.name}: ${chat.memberCount} people` : 'Connecting…'}</p>
}
