import { loadConfig, settings, type Config } from '../config.ts'

/** `collab config`: every setting, its value and where it came from; secrets masked. */
export function config(): Promise<number> {
  const { config: loaded, sources, warnings } = loadConfig()
  for (const { path, variable, secret, default: fallback } of settings) {
    const value = valueAt(loaded, path)
    const shown = secret && value !== undefined ? '********' : show(value)
    const source = sources.get(path) ?? 'default'
    const normally = source === 'default' ? '' : `, default ${show(fallback)}`
    console.log(`${path.padEnd(32)} ${shown.padEnd(28)} ${source}${normally}  (${variable})`)
  }
  for (const warning of warnings) console.error(`warning: ${warning}`)
  return Promise.resolve(0)
}

const show = (value: unknown): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value)

const valueAt = (value: Config, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value)
