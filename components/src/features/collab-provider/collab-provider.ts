import {
  type CollabClient,
  type ConnectionInfo,
  type ConnectionStatus,
  type GetToken,
  selectConnection,
  type TokenReason,
} from '@collab-kit/client/base'
import { ContextProvider } from '@lit/context'
import { css, type CSSResultGroup, html, type PropertyValues, type TemplateResult } from 'lit'
import { clientContext } from '../../kit/client-context.ts'
import { issuesTokens } from '../../kit/client-source.ts'
import { CollabElement } from '../../kit/element.ts'
import { StoreController } from '../../kit/store-controller.ts'
import {
  CollabAuthErrorEvent,
  CollabStatusChangeEvent,
  CollabTokenRequestEvent,
} from './collab-provider.events.ts'

/**
 * One connection for all elements inside.
 *
 * Where it says nothing about tokens it asks the page by `collab-token-request`, before it connects and once more before
 * anybody is asked to sign in.
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
 * @fires {CollabTokenRequestEvent} collab-token-request - A token is wanted; `respondWith` answers.
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
  /** Whether the page made the client. */
  #given = false

  override get client(): CollabClient | undefined {
    return super.client
  }
  override set client(client: CollabClient | undefined) {
    this.#given = client !== undefined
    super.client = client
  }

  /** Status of the connection. */
  get status(): ConnectionStatus {
    return this.#connection.value?.status ?? 'idle'
  }

  /** Connects now instead of with the first element that needs it; after a refusal tries again. */
  connect(): void {
    // With another source of tokens comes another client, which connects by itself.
    if (!this.#askPage()) this.client?.connect()
  }

  /**
   * Asks for a newer token now, as when a person may do more than before, and gives it to the connection.
   * Rejects with CollabError when there is none, or when the service does not take it.
   */
  async refreshToken(): Promise<void> {
    await this.client?.auth.refresh()
  }

  /** Ends the sign-in on this device. */
  async signOut(): Promise<void> {
    await this.client?.auth.signOut()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (!this.hasUpdated) this.#askPage()
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
    // A page whose script came after ours has its listener by now.
    if (status === 'signed_out' && !this.#askPage())
      this.dispatchEvent(new CollabAuthErrorEvent({ error: connection?.error }))
    if (status === 'refused' && connection?.error) this.fail(connection.error)
  }

  /** Whether somebody of the page answers for the tokens from now on. */
  #askPage(): boolean {
    if (this.#given || issuesTokens(this)) return false
    let first = this.#request('initial')
    if (!first) return false
    this.getToken = async (reason) => {
      const answer = first ?? this.#request(reason)
      first = undefined
      return (await answer) ?? ''
    }
    return true
  }

  #request(reason: TokenReason): ReturnType<GetToken> | undefined {
    const request = new CollabTokenRequestEvent({ reason })
    this.dispatchEvent(request)
    return request.answer
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'collab-provider': CollabProviderElement
  }
}
