import {
  ActivityRoom,
  AvatarStack,
  CollabChat,
  CollabProvider,
  useMessages,
  useSharedState,
} from '@collab-kit/react'

export function App() {
  return (
    <CollabProvider serviceUrl="http://localhost:4000">
      <h1>The bicycle workshop</h1>
      <AvatarStack chatId="lobby" withCount />
      <Latest />
      <ActivityRoom activityType="workshop" activityId="bicycles" label="Repair sheet">
        <fieldset>
          <label>
            Bicycle <input data-collab-bind="bicycle" />
          </label>
          <label>
            What rattles <textarea rows={3} data-collab-bind="fault" />
          </label>
          <label>
            <input type="checkbox" data-collab-bind="fixed" /> Fixed
          </label>
        </fieldset>
        <CollabChat slot="sidebar" chatId="lobby" headingLevel={3} />
      </ActivityRoom>
    </CollabProvider>
  )
}

/** Hooks read the same connection and the same state as the elements: nothing is loaded twice. */
function Latest() {
  const { messages } = useMessages('lobby')
  const [bicycle] = useSharedState('workshop', 'bicycles', 'bicycle', '')
  const last = messages.at(-1)
  return (
    <>
      <p>On the stand: {bicycle || 'nothing'}</p>
      <p aria-live="off">{last ? `Last said: ${last.body}` : 'Nobody has said anything yet.'}</p>
    </>
  )
}
