export interface Link {
  href: string
  text: string
}

// Only what cannot run code, and never a character that could turn the reading direction inside an address.
const ADDRESS =
  /\b(?:https?:\/\/|mailto:)[^\s<>"'`\p{Cc}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/giu
const PROTOCOLS = new Set(['http:', 'https:', 'mailto:'])
const CLOSING: Record<string, string> = { ')': '(', ']': '[', '}': '{' }
const OPENING = new Set(Object.values(CLOSING))

/** Splits a text into plain parts and links; joined together they are the text again. */
export function linkify(text: string): (string | Link)[] {
  const parts: (string | Link)[] = []
  let end = 0
  for (const match of text.matchAll(ADDRESS)) {
    const found = withoutTrailingPunctuation(match[0])
    const href = safeHref(found)
    if (!href) continue
    if (match.index > end) parts.push(text.slice(end, match.index))
    parts.push({ href, text: found })
    end = match.index + found.length
  }
  if (end < text.length) parts.push(text.slice(end))
  return parts
}

function safeHref(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !PROTOCOLS.has(url.protocol)) return undefined
  // https://bank.example@evil.example shows one host and opens another.
  if (url.username || url.password) return undefined
  if (url.protocol === 'mailto:' ? !/^[^@]+@[^@]+$/.test(url.pathname) : !url.hostname)
    return undefined
  return url.href
}

/** A full stop after an address belongs to the sentence, a bracket to whoever opened it. */
function withoutTrailingPunctuation(text: string): string {
  const surplus = new Map<string, number>()
  for (const character of text) {
    const opening = CLOSING[character]
    if (opening) surplus.set(opening, (surplus.get(opening) ?? 0) + 1)
    else if (OPENING.has(character)) surplus.set(character, (surplus.get(character) ?? 0) - 1)
  }
  let end = text.length
  for (; end > 0; end--) {
    const last = text[end - 1] ?? ''
    const opening = CLOSING[last]
    const unopened = opening ? (surplus.get(opening) ?? 0) : 0
    if (unopened <= 0 && !/[.,;:!?…。、！？]/.test(last)) break
    if (opening) surplus.set(opening, unopened - 1)
  }
  return text.slice(0, end)
}
