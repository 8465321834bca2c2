'use client'

import type { CollabClient } from '@collab-kit/client'
import type { ReactNode } from 'react'
import { CollabContext } from './context.ts'
import {
  CollabProvider as ProviderElement,
  type CollabProviderProps as ElementProps,
} from './elements/collab-provider.ts'
import { type Connection, useClientOf } from './lease.ts'

/** A connection that the provider makes, and closes. */
export interface CollabConnectionProps extends Connection {
  client?: undefined
}

/** A client that the page made, and closes. */
export interface CollabClientProps extends Partial<Record<keyof Connection, undefined>> {
  client: CollabClient
}

/** What `<CollabProvider>` takes: a client or what one is made from, and what `<collab-provider>` takes besides. */
export type CollabProviderProps = (CollabConnectionProps | CollabClientProps) &
  Omit<ElementProps, keyof Connection | 'client' | 'onTokenRequest'>

/**
 * One connection for all hooks, components and `collab-` elements inside.
 *
 * `serviceUrl` may be relative to the page. `getToken` may be an inline function: it is
 * read anew at each call and never reconnects. Another address, account, token or token endpoint is another connection.
 * The connection outlives the component by 3 seconds, so that what comes back finds it.
 *
 * It draws a `<collab-provider>`, which takes no part in the layout once its script runs; a page that is rendered by a
 * server has that from the beginning by `collab-provider { display: contents }`.
 *
 * @throws Error without `client` and without `serviceUrl`
 */
export function CollabProvider({
  client: given,
  serviceUrl,
  token,
  tokenEndpoint,
  getToken,
  account,
  children,
  ...rest
}: CollabProviderProps): ReactNode {
  const tokens = { token, tokenEndpoint, getToken }
  const own = useClientOf(given ? undefined : { serviceUrl, account, ...tokens })
  const client = given ?? own
  return (
    <CollabContext.Provider value={client}>
      {/* The tokens say whether people sign in here; last comes what stands above them. */}
      <ProviderElement {...rest} {...tokens} client={client}>
        {children}
      </ProviderElement>
    </CollabContext.Provider>
  )
}
