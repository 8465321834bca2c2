import type { CollabClient } from '@collab-kit/client'
import { createContext } from '@lit/context'
import { majorOf, VERSION } from './version.ts'

/** What a provider hands down. */
export interface ProvidedClient {
  /** Absent while the provider has none. */
  client: CollabClient | undefined
  /** Whether the page issues the tokens; then nobody signs in here. */
  tokensByPage: boolean
}

/** The key holds the major version, so that copies which do not fit never exchange clients. */
export const clientContext = createContext<ProvidedClient | undefined>(
  Symbol.for(`collab:v${majorOf(VERSION)}:client`),
)
