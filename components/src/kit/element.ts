import type { ClientOptions, CollabClient } from '@collab-kit/client'
import { isServer, LitElement, type PropertyDeclarations, type PropertyValues } from 'lit'
import { ClientSource } from './client-source.ts'
import { define, type ElementClass } from './define.ts'
import { CollabErrorEvent, type CollabErrorDetail } from './error-event.ts'
import type { Messages } from './localize/messages.ts'
import { Localize } from './localize/localize.ts'
import { VERSION } from './version.ts'

/** Which colours to use. `inherit`: those of the place in the page, by its `color-scheme`. */
export type Theme = 'inherit' | 'system' | 'light' | 'dark'
/** How much room things take. */
export type Density = 'compact' | 'cozy' | 'roomy'

/**
 * What all elements share: where to connect and as whom, the look, the language, and errors as events.
 *
 * @fires {CollabErrorEvent} collab-error - Something the person cannot mend alone; nothing was thrown.
 */
export abstract class CollabElement extends LitElement {
  /** The tag that `define()` uses. */
  static readonly tag: string
  static readonly version: string = VERSION

  /** Registers the element; never throws. */
  static define(tag?: string, registry?: CustomElementRegistry): void {
    define(this as unknown as ElementClass, tag, registry)
  }

  static override readonly properties: PropertyDeclarations = {
    serviceUrl: { attribute: 'service-url' },
    token: {},
    tokenEndpoint: { attribute: 'token-endpoint' },
    account: {},
    theme: { reflect: true },
    density: { reflect: true },
    getToken: { attribute: false },
    i18n: { attribute: false },
    client: { attribute: false },
  }

  // `lang` and `dir` belong to every element; ours only want to know when they change.
  static override get observedAttributes(): string[] {
    return [...super.observedAttributes, 'lang', 'dir']
  }

  /** Address of the service. Default: the origin that served the script. */
  declare serviceUrl: string | undefined
  /** A fixed token of the host page. */
  declare token: string | undefined
  /** Address that answers a POST with `{ token, expiresAt? }`. */
  declare tokenEndpoint: string | undefined
  /** Separates identities on one page. Default: `default`. */
  declare account: string | undefined
  /** Which colours to use. Default: `inherit`. */
  declare theme: Theme | undefined
  /** How much room things take. Default: `cozy`. */
  declare density: Density | undefined
  /** Asks the host page for tokens; read anew at each call, so an inline function is fine. */
  declare getToken: ClientOptions['getToken'] | undefined
  /** Single texts of this element in other words. */
  declare i18n: Partial<Messages> | undefined

  protected readonly source = new ClientSource(this, {
    consume: (this.constructor as typeof CollabElement).consumesClient,
    changed: (client, previous) => this.clientChanged(client, previous),
  })
  protected readonly localize = new Localize(this)
  protected readonly internals: ElementInternals | undefined = isServer
    ? undefined
    : this.attachInternals()

  /** Whether a provider around the element is asked for its client. */
  protected static readonly consumesClient: boolean = true

  /** The client in use; one set here wins over provider and attributes, and stays the setter's to close. */
  get client(): CollabClient | undefined {
    return this.source.client
  }
  set client(client: CollabClient | undefined) {
    this.source.client = client
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value)
    if (name === 'lang' || name === 'dir') this.requestUpdate()
  }

  /** Present so that `moveBefore` moves the element without taking it out and in again. */
  connectedMoveCallback(): void {}

  /** The client is another one, or none any more. */
  protected clientChanged(
    client: CollabClient | undefined,
    previous: CollabClient | undefined,
  ): void {
    void client
    void previous
    if (this.hasUpdated) this.requestUpdate()
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    this.setState('system-font', inheritsNoFont(this))
  }

  /** Turns a state on or off that CSS sees as `:state(name)`. */
  protected setState(name: string, on: boolean): void {
    if (on) this.internals?.states.add(name)
    else this.internals?.states.delete(name)
  }

  protected fail(detail: CollabErrorDetail): void {
    this.dispatchEvent(new CollabErrorEvent(detail))
  }
}

/** Whether the page never chose a font: then the browser's book face would be ours too. */
function inheritsNoFont(element: Element): boolean {
  const probe = element.shadowRoot?.querySelector('.font-probe')
  return !!probe && getComputedStyle(probe).fontFamily === getComputedStyle(element).fontFamily
}
