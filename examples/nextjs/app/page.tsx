import { Chat } from './chat'

export default function Page() {
  return (
    <main>
      <h1>The bicycle workshop</h1>
      <Chat />
    </main>
  )
}
