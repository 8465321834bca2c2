/** Names that only the service gives out, whatever their case. */
export function isReservedName(username: string): boolean {
  const name = username.toLowerCase()
  return name === 'system' || name === 'admin' || /^(guest|key)-/.test(name)
}
