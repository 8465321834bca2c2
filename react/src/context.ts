import type { CollabClient } from '@collab-kit/client'
import { createContext } from 'react'

/** The client of the nearest provider. */
export const CollabContext = createContext<CollabClient | undefined>(undefined)
