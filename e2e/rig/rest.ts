import type { Message } from '@collab-kit/protocol'

/** The whole history of a chat by REST, page by page from its beginning. */
export async function readAll(
  url: string,
  { token }: { token: string },
  chatId: string,
): Promise<Message[]> {
  const all: Message[] = []
  for (let after = 0; ; after = all.at(-1)!.seq) {
    const address = `${url}/api/v1/chats/${encodeURIComponent(chatId)}/messages?after=${after}&limit=200`
    const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } })
    if (!response.ok) throw new Error(`GET ${address}: ${await response.text()}`)
    const { items } = (await response.json()) as { items: Message[] }
    if (items.length === 0) return all
    all.push(...items)
  }
}
