import {
  type CollabClient,
  type ConnectionInfo,
  type ConnectionStatus,
  selectConnection,
} from '@collab-kit/client/base'
import { ContextProvider } from '@lit/context'
import { css, type CSSResultGroup, html, type TemplateResult } from 'lit'
import { clientContext } from '../../kit/client-context.ts'
import { issuesTokens } from '../../kit/client-source.ts'
import { CollabElement } from '../../kit/element.ts'
import { StoreController } from '../../kit/store-controller.ts'
import { CollabAuthErrorEvent, CollabStatusChangeEvent } from './collab-provider.events.ts'

/**
 * One connection for all elements inside.
 *
 * @tag collab-provider
 * @summary Connects once for everything it wraps.
 *
 * @slot - What shares the connection.
 *
 * @cssState live - The connection is up to date.
 * @cssState signed-out - Someone has to sign in.
 *
 * @fires {CollabStatusChangeEvent} collab-status-change - The connection's status is another one.
 * @fires {CollabAuthErrorEvent} collab-auth-error - There is no token that the service takes.
 */
export class CollabProviderElement extends CollabElement {
  static override readonly tag: string = 'collab-provider'
  protected static override readonly consumesClient: boolean = false
  static override readonly styles: CSSResultGroup = css`
    :host {
      display: contents;
    }
    :host([theme='system']) {
      color-scheme: light dark;
    }
    :host([theme='light']) {
      color-scheme: light;
    }
    :host([theme='dark']) {
      color-scheme: dark;
    }
  `

  readonly #provided = new ContextProvider(this, {
    context: clientContext,
    initialValue: { client: undefined, tokensByPage: false },
  })
  readonly #connection = new StoreController(this, selectConnection, (connection) =>
    this.#tell(connection),
  )
  #status: ConnectionStatus = 'idle'

  /** Status of the connection. */
  get status(): ConnectionStatus {
    return this.#connection.value?.status ?? 'idle'
  }

  /** Connects now instead of with the first element that needs it; after a refusal tries again. */
  connect(): void {
    this.client?.connect()
  }

  /** Ends the sign-in on this device. */
  async signOut(): Promise<void> {
    await this.client?.auth.signOut()
  }

  protected override clientChanged(
    client: CollabClient | undefined,
    previous: CollabClient | undefined,
  ): void {
    super.clientChanged(client, previous)
    this.#provided.setValue({ client, tokensByPage: client !== undefined && issuesTokens(this) })
    if (client?.status === 'idle') client.connect()
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>`
  }

  #tell(connection: ConnectionInfo | undefined): void {
    const status = connection?.status ?? 'idle'
    const previous = this.#status
    if (status === previous) return
    this.#status = status
    this.setState('live', status === 'live')
    this.setState('signed-out', status === 'signed_out')
    this.dispatchEvent(new CollabStatusChangeEvent({ status, previous }))
    if (status === 'signed_out')
      this.dispatchEvent(new CollabAuthErrorEvent({ error: connection?.error }))
    if (status === 'refused' && connection?.error) this.fail(connection.error)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'collab-provider': CollabProviderElement
  }
}
