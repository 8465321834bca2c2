import { describe, expect, it } from 'vitest'
import { linkify } from './linkify.ts'

const hrefs = (text: string) =>
  linkify(text).flatMap((part) => (typeof part === 'string' ? [] : [part.href]))
const joined = (text: string) =>
  linkify(text)
    .map((part) => (typeof part === 'string' ? part : part.text))
    .join('')

describe('linkify', () => {
  it.each([
    ['see https://example.com.', 'https://example.com/'],
    [
      '(https://en.wikipedia.org/wiki/Orange_(fruit))',
      'https://en.wikipedia.org/wiki/Orange_(fruit)',
    ],
    ['http://localhost:4000/a?b=c#d, then', 'http://localhost:4000/a?b=c#d'],
    ['write to mailto:ann@example.com!', 'mailto:ann@example.com'],
    ['HTTPS://EXAMPLE.COM/Path', 'https://example.com/Path'],
  ])('finds the address in %j', (text, href) => {
    expect(hrefs(text)).toEqual([href])
  })

  it.each([
    'javascript:alert(1)',
    'xhttps://example.com is one word',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox',
    'file:///etc/passwd',
    'https://bank.example@evil.example/',
    'https://user:secret@evil.example/',
    'https://',
    'mailto:nobody',
    'ftp://example.com/file',
    '//example.com',
  ])('makes no link of %j', (text) => {
    expect(hrefs(text)).toEqual([])
  })

  it('ends an address where the reading direction could be turned', () => {
    expect(hrefs('https://example.com/\u202Egnp.exe')).toEqual(['https://example.com/'])
  })

  it('gives every part of the text back unchanged', () => {
    const text = 'a https://a.example/x(y)? b\n\nmailto:c@d.example; https://e.example...'
    expect(joined(text)).toBe(text)
    expect(hrefs(text)).toHaveLength(3)
  })

  it('leaves thousands of brackets that nobody opened outside', () => {
    const text = `https://example.com/${')'.repeat(16_000)}`
    expect(joined(text)).toBe(text)
    expect(hrefs(text)).toEqual(['https://example.com/'])
  })
})
