import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'

/** 16 random characters of [0-9a-z]: 82 bits. */
export function newId(length = 16): string {
  let id = ''
  for (const byte of randomBytes(length)) id += ALPHABET[byte % ALPHABET.length]
  return id
}
