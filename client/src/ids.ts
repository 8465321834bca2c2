/** A fresh id of 26 characters that fits a command id; needs no secure context, unlike randomUUID. */
export function newId(): string {
  let id = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(26))) id += ALPHABET[byte & 31]
  return id
}
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
