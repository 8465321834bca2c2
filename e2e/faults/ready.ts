import { chatStream } from '@collab-kit/protocol'
import type { Link } from '../rig/link.ts'
import { assert } from './fault.ts'

/** What `/readyz` says. */
export async function readiness(
  url: string,
): Promise<{ status: number; reason: string | undefined }> {
  const response = await fetch(`${url}/readyz`)
  const { reason } = (await response.json()) as { reason?: string }
  return { status: response.status, reason }
}

/** Every kind of reading is answered. */
export async function readsGoOn(link: Link, chats: readonly string[]): Promise<void> {
  for (const chatId of chats) {
    const stream = chatStream(chatId)
    const { head } = await link.call('chat.getChat', { chatId })
    const history = await link.call('chat.readHistory', { chatId, limit: 10 })
    assert(history.head >= head, `history is at ${history.head}, the chat at ${head}`)
    const { events } = await link.call('streams.readSince', { stream, seq: Math.max(0, head - 5) })
    assert(events.length > 0, 'the log reads nothing')
    await link.call('streams.join', { stream })
  }
  await link.call('users.getMe', {})
  await link.call('chat.listChats', {})
  await link.call('system.echo', { message: 'still here' })
}
