import { settings } from '@collab-kit/service'
import { limitDefaults } from '@collab-kit/protocol'
import { MARK, table, type Artefact } from './index.ts'

/** Every setting of the service. */
export const configuration: Artefact = () => {
  const rows = settings.map(({ path, variable, description, default: fallback }) => [
    `\`${path}\``,
    `\`${variable}\``,
    fallback === undefined
      ? '–'
      : `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``,
    description ||
      (path.replace('limits.', '') in limitDefaults ? 'A limit, see `system.getLimits`.' : ''),
  ])
  const page = [
    MARK,
    '# Configuration',
    'From the environment, or from a JSON file named by `COLLAB_CONFIG`; variables win over the file. Lists are separated by commas or written as JSON. Everything wrong is told at once and the service ends with code 78. `collab config` shows every value and where it came from.',
    table(['Setting', 'Variable', 'Default', 'Meaning'], rows),
  ]
  return { 'docs/reference/configuration.md': `${page.join('\n\n')}\n` }
}
