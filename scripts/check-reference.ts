// Lints docs/reference/openapi.json and asyncapi.json by redocly.yaml: errors and warnings fail.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')

/** @param files Other files to lint by the same rules. */
export function lintReference(files: readonly string[] = []): { code: number; output: string } {
  const cli = resolve(ROOT, 'node_modules/@redocly/cli/bin/cli.js')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, 'lint', ...files, '--config', resolve(ROOT, 'redocly.yaml'), '--format', 'stylish'],
    {
      cwd: ROOT,
      encoding: 'utf8',
      // A linter has nothing to ask of the network.
      env: {
        ...process.env,
        REDOCLY_TELEMETRY: 'off',
        REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
        NO_COLOR: '1',
      },
    },
  )
  return { code: status ?? 1, output: `${stdout}${stderr}` }
}

if (import.meta.main) {
  const { code, output } = lintReference()
  console.log(output.trim())
  process.exitCode = code
}
