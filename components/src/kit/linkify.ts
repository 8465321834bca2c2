export interface Link {
  href: string
  text: string
}

// Only what cannot run code, and never a character that could turn the reading direction inside an address.
const ADDRESS =
  /\b(?:https?:\/\/|mailto:)[^\s<>"'`\p{Cc}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/giu
const PROTOCOLS = new Set(['http:', 'https:', 'mailto:'])
const CLOSING: Record<string, string> = { ')': '(', ']': '[', '}': '{' }

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
  if (url.protocol === 'mailto:' ? !/^[^@]+@[^@]+$/.test(url.pathname) : !url.hostname) return undefined
  return url.href
}

/** A full stop after an address belongs to the sentence, a bracket to whoever opened it. */
function withoutTrailingPunctuation(text: string): string {
  let end = text.length
  while (end > 0) {
    const last = text[end - 1] ?? ''
    const opening = CLOSING[last]
    const unopened = opening !== undefined && count(text, last, end) > count(text, opening, end)
    if (!unopened && !/[.,;:!?…。、！？]/.test(last)) break
    end--
  }
  return text.slice(0, end)
}

function count(text: string, character: string, end: number): number {
  let found = 0
  for (let index = 0; index < end; index++) if (text[index] === character) found++
  return found
}
