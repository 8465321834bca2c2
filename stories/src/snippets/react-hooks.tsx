import { useChat, useDraft, useMessages } from '@collab-kit/react'

/** A chat without our elements: the same data, drawn by you. */
export function PlainChat({ chatId }: { chatId: string }) {
  const { chat, send } = useChat(chatId)
  const { messages, pending } = useMessages(chatId)
  const [draft, setDraft] = useDraft(chatId)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send(draft)
        setDraft('')
      }}
    >
      <h2>{chat?.name}</h2>
      <ul>
        {messages.map((message) => (
          <li key={message.seq}>
            <b>{message.sender}</b> {message.body}
          </li>
        ))}
        {pending.map((message) => (
          <li key={message.clientMessageId}>{message.body} …</li>
        ))}
      </ul>
      <label>
        Message <input value={draft} onChange={(event) => setDraft(event.target.value)} />
      </label>
      <button disabled={!draft}>Send</button>
    </form>
  )
}
