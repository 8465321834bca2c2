import type { ChatState, ConnectionInfo } from '@collab-kit/client'

/** What an element of a chat shows as a whole. */
export type Stage = 'no-service' | 'no-chat' | 'refused' | 'signed-out' | 'loading' | 'list'

export interface StageInput {
  addressMissing: boolean
  chatId: string | undefined
  connection: ConnectionInfo | undefined
  chat: ChatState | undefined
}

export function stageOf({ addressMissing, chatId, connection, chat }: StageInput): Stage {
  if (!chatId) return 'no-chat'
  if (addressMissing) return 'no-service'
  if (connection?.status === 'refused') return 'refused'
  if (connection?.status === 'signed_out') return 'signed-out'
  if (chat?.status === 'refused') return 'refused'
  // What was written and has not arrived is shown before the service can be asked for the rest.
  const shown = chat && (chat.status === 'ready' || chat.messages.length || chat.pending.length)
  return shown ? 'list' : 'loading'
}

/** Whether the chat is there and nobody has written yet. */
export function isEmpty(stage: Stage, chat: ChatState | undefined): boolean {
  return stage === 'list' && chat?.messages.length === 0 && chat.pending.length === 0
}
