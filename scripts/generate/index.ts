import { runtime } from './runtime.ts'

/** One generated artefact: its files by path from the root. */
export type Artefact = () => Promise<Record<string, string>> | Record<string, string>

export const artefacts: readonly Artefact[] = [runtime]
