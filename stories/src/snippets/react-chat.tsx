import { CollabChat, CollabProvider } from '@collab-kit/react'

export function Support({ onAnswer }: { onAnswer: (text: string) => void }) {
  return (
    <CollabProvider serviceUrl="https://chat.example.com" tokenEndpoint="/chat/token">
      <CollabChat chatId="support" onSent={(event) => onAnswer(event.detail.message.body)} />
    </CollabProvider>
  )
}
