import type { CollabClient } from '@collab-kit/client'
import { useContext } from 'react'
import { CollabContext } from '../context.ts'

/**
 * The client of the nearest `<CollabProvider>`: `api`, `auth`, `store`, `on` and more.
 *
 * @param client Taken instead of the provider's, where a page has several or makes them itself.
 * @throws Error when there is neither
 */
export function useCollab(client?: CollabClient): CollabClient {
  const provided = useContext(CollabContext)
  const found = client ?? provided
  if (!found) throw new Error('There is no <CollabProvider> around, and no client is given.')
  return found
}
