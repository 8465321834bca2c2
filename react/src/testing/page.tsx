import {
  CollabChat,
  CollabProvider,
  useChat,
  useConnection,
  useDraft,
  useMessages,
} from '../index.ts'

function Own() {
  const { status, typing } = useChat('lobby')
  const { messages, hasOlder } = useMessages('lobby')
  const [draft] = useDraft('lobby')
  const connection = useConnection()
  return (
    <p>{[connection.status, status, typing.length, messages.length, hasOlder, draft].join(' ')}</p>
  )
}

/** A page with everything that a server may have to render. */
export function Page() {
  return (
    <main>
      <CollabProvider serviceUrl="https://chat.example" getToken={async () => 'token:ann'}>
        <CollabChat id="chat" className="wide" chatId="lobby" headingLevel={3} onSent={() => {}}>
          <button slot="header-actions">Call</button>
        </CollabChat>
        <Own />
      </CollabProvider>
    </main>
  )
}

/** What a server sends of it: nothing of any person, and what the browser draws first. */
export const HTML =
  '<main><collab-provider><collab-chat id="chat" class="wide">' +
  '<button slot="header-actions">Call</button></collab-chat>' +
  '<p>idle idle 0 0 false </p></collab-provider></main>'
