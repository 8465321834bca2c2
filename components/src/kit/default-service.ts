let fallback: string | undefined

/** Where elements without `service-url` connect to: the origin that served the script. */
export function setDefaultServiceUrl(scriptUrl: string): void {
  fallback = new URL(scriptUrl).origin
}

/**
 * The absolute address of the service, without a slash at the end.
 *
 * @returns `undefined` when none is given, or the one given is no http(s) address.
 */
export function resolveServiceUrl(given: string | undefined): string | undefined {
  const value = given || fallback
  if (!value) return undefined
  const url = URL.parse(value, document.baseURI)
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  return (url.origin + url.pathname).replace(/\/+$/, '')
}
