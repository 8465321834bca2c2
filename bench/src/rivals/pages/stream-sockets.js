import { createElement as h, StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { Chat, useCreateChatClient } from 'stream-chat-react'

/** A chat with an inline function for tokens, in a page that is drawn anew now and then, as pages are. */
function Page() {
  const [, draw] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => draw((count) => count + 1), 200)
    return () => clearInterval(timer)
  }, [])
  const client = useCreateChatClient({
    apiKey: 'key',
    tokenOrProvider: () => Promise.resolve('eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiYW5uIn0.x'),
    userData: { id: 'ann' },
  })
  return client ? h(Chat, { client }) : 'Loading'
}

createRoot(document.querySelector('main')).render(h(StrictMode, null, h(Page)))
