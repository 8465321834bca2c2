import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// This file lies one folder below the package, in `src/` as in the build: what reads files of the package asks here.

/** The first of these paths that exists, seen from the folder of the code; the first of all when none does. */
export function packagePath(...candidates: [string, ...string[]]): string {
  const paths = candidates.map((each) => fileURLToPath(new URL(each, import.meta.url)))
  return paths.find((path) => existsSync(path)) ?? paths[0]!
}
