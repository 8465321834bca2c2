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

/** Calls the service by REST as this person; answers what it answered, and throws with that when it refused. */
export async function callRest(
  url: string,
  { token }: { token: string },
  { method, path, body }: { method: string; path: string; body?: object },
): Promise<unknown> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const answer: unknown = response.status === 204 ? undefined : await response.json()
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
  return answer
}
