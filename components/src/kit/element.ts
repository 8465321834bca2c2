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
 * Every colour follows the inherited `color-scheme`, and all of them come from `--collab-brand`: texts on them keep a
 * contrast of 4.5 to 1, borders and rings 3 to 1. Who gives a surface of their own answers for what is read on it.
 *
 * @fires {CollabErrorEvent} collab-error - Something the person cannot mend alone; nothing was thrown.
 *
 * @cssprop [--collab-brand=#5457d6] - The colour that everything else is made from.
 * @cssprop [--collab-font-family=inherit] - Font.
 * @cssprop [--collab-font-size=15px] - Size of text; all other sizes follow it.
 * @cssprop [--collab-radius=14px] - Corners of the whole.
 * @cssprop [--collab-density=0] - How much room things take: -1, 0 or 1. The attribute `density` wins.
 * @cssprop [--collab-motion=1] - 0 turns all movement off.
 * @cssprop --collab-surface - Background.
 * @cssprop --collab-surface-sunken - Background of what lies lower, as others' messages.
 * @cssprop --collab-surface-raised - Background of what stands out, as buttons.
 * @cssprop --collab-border - Lines between things.
 * @cssprop --collab-border-strong - Lines around what can be written in or pressed.
 * @cssprop --collab-shadow - Shadow of what stands out, as in `box-shadow`.
 * @cssprop --collab-text - Text.
 * @cssprop --collab-text-quiet - Text beside the point, as times.
 * @cssprop --collab-text-link - Links in texts. Default: the accent text.
 * @cssprop --collab-accent - Fill of what matters most. Default: the brand.
 * @cssprop --collab-on-accent - Text on the accent. Default: black or white, whichever is read better.
 * @cssprop --collab-accent-text - The accent as a text.
 * @cssprop --collab-accent-quiet - A breath of the accent, as a background.
 * @cssprop --collab-on-accent-quiet - Text on it. Default: the accent text.
 * @cssprop --collab-focus - The ring around what has the focus.
 * @cssprop --collab-danger-text - Text about what went wrong.
 * @cssprop --collab-danger-quiet - Its background.
 * @cssprop --collab-warning-text - Text about what may go wrong.
 * @cssprop --collab-warning-quiet - Its background.
 * @cssprop --collab-online - Mark of who or what is there.
 * @cssprop --collab-away - Mark of who or what is on the way back.
 * @cssprop --collab-busy - Mark of who does not want to be disturbed.
 * @cssprop --collab-offline - Mark of who or what is gone.
 * @cssprop --collab-person-1 - First of the colours that people are told apart by.
 * @cssprop --collab-person-2 - See --collab-person-1.
 * @cssprop --collab-person-3 - See --collab-person-1.
 * @cssprop --collab-person-4 - See --collab-person-1.
 * @cssprop --collab-person-5 - See --collab-person-1.
 * @cssprop --collab-person-6 - See --collab-person-1.
 * @cssprop --collab-person-7 - See --collab-person-1.
 * @cssprop --collab-person-8 - See --collab-person-1.
 * @cssprop --collab-person-9 - See --collab-person-1.
 * @cssprop --collab-person-10 - See --collab-person-1.
 * @cssprop --collab-person-11 - See --collab-person-1.
 * @cssprop --collab-person-12 - See --collab-person-1.
 * @cssprop --collab-on-person - Initials on a person's colour.
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

  #ready: PromiseWithResolvers<void> | undefined

  /** Whether a provider around the element is asked for its client. */
  protected static readonly consumesClient: boolean = true

  /** The client in use; one set here wins over provider and attributes, and stays the setter's to close. */
  get client(): CollabClient | undefined {
    return this.source.client
  }
  set client(client: CollabClient | undefined) {
    this.source.client = client
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

  /** Whether what the element is for can be seen, or why not; false while it loads. */
  protected get settled(): boolean {
    return true
  }

  /** Resolves once the element has drawn what it is for, or says why it cannot. */
  async whenReady(): Promise<void> {
    await this.updateComplete
    if (!this.settled) await (this.#ready ??= Promise.withResolvers()).promise
  }

  protected override updated(_changed: PropertyValues): void {
    if (!this.#ready || !this.settled) return
    this.#ready.resolve()
    this.#ready = undefined
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
