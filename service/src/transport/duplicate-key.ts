/**
 * The first key that an object of a JSON text holds twice, or nothing. Parsers keep the last one silently, so that two
 * readers of one text may see different things. The text must be well-formed.
 */
export function findDuplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []
  let index = 0
  while (index < text.length) {
    const char = text[index]
    if (char === '{') open.push(new Set())
    else if (char === '[') open.push(undefined)
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = endOfString(text, index)
      const keys = open.at(-1)
      if (keys && isKey(text, end)) {
        const key = JSON.parse(text.slice(index, end)) as string
        if (keys.has(key)) return key
        keys.add(key)
      }
      index = end
      continue
    }
    index++
  }
  return undefined
}

function endOfString(text: string, start: number): number {
  let index = start + 1
  while (text[index] !== '"') index += text[index] === '\\' ? 2 : 1
  return index + 1
}

function isKey(text: string, after: number): boolean {
  let index = after
  while (' \t\n\r'.includes(text[index] ?? '.')) index++
  return text[index] === ':'
}
