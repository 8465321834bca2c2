import { type ClientOptions, type CollabClient, createCollab } from '@collab-kit/client/base'
import { ContextEvent } from '@lit/context'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { clientContext, type ProvidedClient } from './client-context.ts'
import { resolveServiceUrl } from './default-service.ts'

/** How long a removed element keeps its connection, milliseconds: a move in the page must not blink. */
export const RELEASE_DELAY_MS = 3000

/** The connection attributes that every element takes. */
export interface ConnectionAttributes {
  serviceUrl?: string | undefined
  token?: string | undefined
  tokenEndpoint?: string | undefined
  account?: string | undefined
  getToken?: ClientOptions['getToken'] | undefined
}

export interface ClientSourceHost
  extends ReactiveControllerHost, HTMLElement, ConnectionAttributes {}

export interface ClientSourceOptions {
  /** Whether a provider around the element is asked. Default true. */
  consume?: boolean
  changed: (client: CollabClient | undefined, previous: CollabClient | undefined) => void
}

/**
 * Finds the client of an element: its `client` property, else the nearest provider's, else one of its own made
 * from its attributes, else one of the service that the script came from.
 */
export class ClientSource implements ReactiveController {
  readonly #host: ClientSourceHost
  readonly #options: ClientSourceOptions
  #provided: ProvidedClient | undefined
  #unsubscribe: (() => void) | undefined
  #explicit: CollabClient | undefined
  #own: { key: string; client: CollabClient } | undefined
  #client: CollabClient | undefined
  #release: ReturnType<typeof setTimeout> | undefined
  #awaited = false
  /** Asked before the code of the provider was there, which may come until the first drawing. */
  #askedEarly = false
  #addressMissing = false

  constructor(host: ClientSourceHost, options: ClientSourceOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  get client(): CollabClient | undefined {
    return this.#client
  }

  set client(client: CollabClient | undefined) {
    this.#explicit = client
    if (this.#host.isConnected) this.#resolve()
  }

  /** Whether there is no usable address to connect to. */
  get addressMissing(): boolean {
    return this.#addressMissing
  }

  /** Whether the page issues the tokens, here or at the provider. */
  get tokensByPage(): boolean {
    if (this.#explicit) return !this.#explicit.auth.own
    return this.#provided?.tokensByPage ?? issuesTokens(this.#host)
  }

  hostConnected(): void {
    clearTimeout(this.#release)
    this.#ask()
  }

  hostUpdate(): void {
    if (this.#host.isConnected) this.#resolve()
  }

  hostDisconnected(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = this.#provided = undefined
    clearTimeout(this.#release)
    this.#release = setTimeout(() => {
      this.#use(undefined)
      this.#closeOwn()
    }, RELEASE_DELAY_MS)
  }

  #resolve(): void {
    this.#addressMissing = false
    if (this.#explicit) return this.#use(this.#explicit)
    if (!this.#provided && this.#options.consume !== false) {
      if (this.#awaitProvider()) return this.#use(undefined)
      if (this.#askedEarly) this.#ask()
    }
    if (this.#provided) return this.#use(this.#provided.client)
    this.#useOwn()
  }

  /** By the protocol of the Web Components Community Group, as @lit/context speaks it. */
  #ask(): void {
    if (this.#options.consume === false) return
    this.#host.dispatchEvent(new ContextEvent(clientContext, this.#host, this.#answer, true))
    this.#askedEarly = !this.#provided && undefinedProviderAround(this.#host) !== undefined
  }

  // One function for good: providers know their consumers by it.
  readonly #answer = (provided: ProvidedClient | undefined, unsubscribe?: () => void): void => {
    if (unsubscribe !== this.#unsubscribe) this.#unsubscribe?.()
    this.#unsubscribe = unsubscribe
    this.#provided = provided
    this.#host.requestUpdate()
  }

  /** A provider whose code is not here yet cannot answer; without waiting we would open a second connection. */
  #awaitProvider(): boolean {
    const provider = undefinedProviderAround(this.#host)
    if (!provider) return false
    if (!this.#awaited) {
      this.#awaited = true
      void customElements.whenDefined(provider.localName).then(() => {
        this.#awaited = false
        if (this.#host.isConnected) this.#ask()
        this.#host.requestUpdate()
      })
    }
    return true
  }

  #useOwn(): void {
    const { token, tokenEndpoint, account, getToken } = this.#host
    const serviceUrl = resolveServiceUrl(this.#host.serviceUrl)
    this.#addressMissing = serviceUrl === undefined
    const key = JSON.stringify([serviceUrl, token, tokenEndpoint, account, Boolean(getToken)])
    if (this.#own?.key === key) return this.#use(this.#own.client)
    this.#use(undefined)
    this.#closeOwn()
    if (!serviceUrl) return
    // One connection for all that name the same service and person: the SDK counts who uses it.
    const client = createCollab({
      serviceUrl,
      ...(account && { account }),
      ...this.#tokenSource(),
    })
    this.#own = { key, client }
    this.#use(client)
  }

  #tokenSource(): Pick<ClientOptions, 'token' | 'tokenEndpoint' | 'getToken'> {
    const { token, tokenEndpoint, getToken } = this.#host
    // Read anew at each call: frameworks hand over another function with every render.
    if (getToken) return { getToken: (...call) => (this.#host.getToken ?? getToken)(...call) }
    if (tokenEndpoint) return { tokenEndpoint: new URL(tokenEndpoint, document.baseURI).href }
    return token ? { token } : {}
  }

  #use(client: CollabClient | undefined): void {
    const previous = this.#client
    if (client === previous) return
    this.#client = client
    this.#options.changed(client, previous)
  }

  #closeOwn(): void {
    this.#own?.client.close()
    this.#own = undefined
  }
}

/** Whether these attributes name a source of tokens outside the kit. */
export function issuesTokens(attributes: ConnectionAttributes): boolean {
  return Boolean(attributes.getToken ?? attributes.tokenEndpoint ?? attributes.token)
}

function undefinedProviderAround(start: Element): Element | undefined {
  let node: Node | null = start
  while (node) {
    if (node instanceof Element) {
      if (node.localName === 'collab-provider' && !customElements.get(node.localName)) return node
      node = node.assignedSlot ?? node.parentNode
    } else {
      node = node instanceof ShadowRoot ? node.host : node.parentNode
    }
  }
  return undefined
}
