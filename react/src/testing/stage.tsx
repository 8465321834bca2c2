import { type CollabClient, createCollab } from '@collab-kit/client'
import { type Script, scriptedService, type ScriptedService } from '@collab-kit/client/testing'
import type { ComponentType, ReactNode } from 'react'
import { CollabProvider } from '../provider.tsx'

declare module 'vitest' {
  interface ProvidedContext {
    /** Which React these tests are to run on. */
    reactMajor: string
  }
}

export interface Stage extends Disposable {
  service: ScriptedService
  client: CollabClient
  /** A provider of the client. */
  Provided: ComponentType<{ children: ReactNode }>
  /** How often an operation was called. */
  called(operation: string): number
}

/** A scripted service with two messages in `lobby` and one in `kitchen`, and a client of it. */
export function stage(script: Script = {}): Stage {
  const service = scriptedService({
    chats: [
      { chatId: 'lobby', messages: ['one', 'two'] },
      { chatId: 'kitchen', messages: ['tea'] },
    ],
    ...script,
  })
  const client = createCollab({ ...service.options, token: 'token:ann' })
  return {
    service,
    client,
    Provided: ({ children }) => <CollabProvider client={client}>{children}</CollabProvider>,
    called: (operation) => service.calls.filter((call) => call.operation === operation).length,
    [Symbol.dispose]: () => client.close(),
  }
}
