import { loadConfig, settings, type Config } from '../config.ts'

/** `collab config`: every setting, its value and where it came from; secrets and passwords in addresses masked. */
export function config(): Promise<number> {
  const { config: loaded, sources, warnings } = loadConfig()
  for (const { path, variable, secret, secretFields, default: fallback } of settings) {
    const value = valueAt(loaded, path)
    const shown = secret && value !== undefined ? MASK : show(value, secretFields)
    const source = sources.get(path) ?? 'default'
    const normally = source === 'default' ? '' : `, default ${show(fallback)}`
    console.log(`${path.padEnd(32)} ${shown.padEnd(28)} ${source}${normally}  (${variable})`)
  }
  for (const warning of warnings) console.error(`warning: ${warning}`)
  return Promise.resolve(0)
}

const MASK = '********'

function show(value: unknown, secretFields: readonly string[] = []): string {
  if (value === undefined) return '–'
  if (typeof value === 'string') return maskPassword(value)
  return JSON.stringify(value, (key, each: unknown) => {
    if (secretFields.includes(key)) return MASK
    return typeof each === 'string' ? maskPassword(each) : each
  })
}

/** An address without the password in it, wherever it stands: before the host or among the parameters. */
const maskPassword = (text: string): string =>
  text
    .replace(/^(\w+:\/\/[^:/?#@]*:).*@/s, `$1${MASK}@`)
    .replaceAll(/([?&][^=&#]*(?:password|secret)[^=&#]*=)[^&#]*/gi, `$1${MASK}`)

const valueAt = (value: Config, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value)
