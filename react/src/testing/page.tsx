import {
  CollabChat,
  CollabProvider,
  useActivity,
  useChat,
  useConnection,
  useCursors,
  useDraft,
  useFollow,
  useMessages,
  useOwnPresence,
  useParticipants,
  usePresence,
  useSharedState,
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

function Together() {
  const { status, people } = usePresence({ chatId: 'lobby' })
  const [own] = useOwnPresence()
  const activity = useActivity('workshop', 'bicycles', { conflicts: 'ask' })
  const { participants } = useParticipants('workshop', 'bicycles')
  const cursors = useCursors('workshop', 'bicycles')
  const { following, followers } = useFollow('workshop', 'bicycles')
  const [bike, , { version }] = useSharedState('workshop', 'bicycles', 'bike', 'any')
  const counts = [people, participants, cursors, followers].map(({ length }) => length)
  return (
    <p>{[status, activity.status, ...counts, own?.state, following, bike, version].join(' ')}</p>
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
        <Together />
      </CollabProvider>
    </main>
  )
}

/** What a server sends of it: nothing of any person, and what the browser draws first. */
export const HTML =
  '<main><collab-provider><collab-chat id="chat" class="wide">' +
  '<button slot="header-actions">Call</button></collab-chat>' +
  '<p>idle idle 0 0 false </p><p>loading idle 0 0 0 0   any 0</p></collab-provider></main>'
