import { readFileSync } from 'node:fs'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** The block of the README in this language that holds this text, with the service where it runs now. */
export function readmeBlock(language: string, text: string, url: string): string {
  const blocks = [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))]
  const block = blocks.map(([, code]) => code ?? '').find((code) => code.includes(text))
  if (block === undefined) throw new Error(`the README has no ${language} with ${text}`)
  return block
    .replaceAll('http://localhost:4000', url)
    .replaceAll('localhost:4000', new URL(url).host)
}

/** The requests of a shell block's `curl` commands: what goes over the wire does not depend on who has the program. */
export function toRequests(script: string, variables: Record<string, string>): Request[] {
  const whole = script.replaceAll('\\\n', ' ')
  const filled = whole.replaceAll(/\$([A-Z]+)\b/g, (name, key: string) => variables[key] ?? name)
  return [...filled.matchAll(/\bcurl ([^|\n]+)/g)].map(([, words]) => toRequest(words ?? ''))
}

function toRequest(command: string): Request {
  const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, a, b, c]) => a ?? b ?? c ?? '',
  )
  const headers = new Headers()
  let address = ''
  let method: string | undefined
  let body: string | undefined
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    if (word === '-s') continue
    else if (word === '-X') method = words[++index]
    else if (word === '-d') body = words[++index]
    else if (word === '-H') {
      const [name = '', value = ''] = words[++index]!.split(/: (.*)/)
      headers.set(name, value)
    } else if (word.startsWith('-')) throw new Error(`curl ${word} is not understood here`)
    else address = /^https?:/.test(word) ? word : `http://${word}`
  }
  return new Request(address, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    ...(body !== undefined && { body }),
  })
}
