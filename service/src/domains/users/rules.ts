/** Names that only the service gives out, that of its admin among them, whatever their case. */
export function isReservedName(
  username: string,
  { adminUsername }: { adminUsername: string },
): boolean {
  const name = username.toLowerCase()
  const own = ['system', 'admin', adminUsername.toLowerCase()]
  return own.includes(name) || /^(guest|key)-/.test(name)
}
