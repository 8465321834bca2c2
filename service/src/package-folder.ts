import { fileURLToPath } from 'node:url'

// This file lies one folder below the package, in `src/` as in the build: what reads files of the package asks here.

/** A path seen from the folder of the code. */
export const packagePath = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
