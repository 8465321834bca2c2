import {
  type ActivityHandle,
  type CollabClient,
  type CollabState,
  selectActivity,
  selectConnection,
  selectUsername,
} from '@collab-kit/client/base'
import type { ErrorShape } from '@collab-kit/protocol'
import {
  type CSSResultGroup,
  html,
  type PropertyDeclarations,
  type PropertyValues,
  render,
  type TemplateResult,
} from 'lit'
import { CollabElement } from '../../kit/element.ts'
import { StoreController } from '../../kit/store-controller.ts'
import { tokens } from '../../kit/tokens.css.ts'
import type { CustomPlaces } from '../activity/anchors.ts'
import {
  cursorDefaults,
  type CursorLabels,
  type CursorPerson,
  type DrawCursor,
} from '../activity/cursor-layer.ts'
import { cursorStyles } from '../activity/cursor-layer.styles.ts'
import { SharedCursors } from '../activity/shared-cursors.ts'
import { styles } from './live-cursors.styles.ts'

/**
 * Where the others in an activity point, and one's own pointer for them.
 *
 * The cursors stand over what the element wraps. An element that wraps nothing covers the positioned container it
 * stands in, all of it where that scrolls. A place is kept as a part of the nearest element around it that has a
 * `data-collab-anchor` with a name of its own, else of the whole: the more of them, the better others see what somebody
 * points at on a screen of another width, zoom or direction of writing.
 *
 * The element is decoration: nothing of it takes the focus or a click, and assistive technology leaves it out. Who is
 * there is told by the lists of people.
 *
 * @tag live-cursors
 * @summary The cursors of everybody in an activity, over any content.
 *
 * @slot - What the cursors stand over. Without it: the positioned container around the element.
 * @slot cursor - A `template` of a cursor. What has `data-name` in it gets the person's name, and
 *   `var(--collab-cursor-color)` is their colour.
 *
 * @csspart cursor - One person's cursor; its corner is the place.
 * @csspart pointer - The arrow, or the mark at the edge for somebody whose place is out of view.
 * @csspart label - The name.
 *
 * @cssprop [--collab-cursor-size=20px] - Size of the arrow.
 * @cssprop --collab-cursor-label-bg - Background of names. Default: the person's colour.
 * @cssprop [--collab-cursor-z=1000] - How far above other things cursors stand, as in `z-index`.
 *
 * @cssState alone - It wraps nothing and covers the container around it.
 * @cssState paused - Nothing is shown or told until `resume()`.
 * @cssState offline - Without a connection nobody's cursor is known.
 */
export class LiveCursorsElement extends CollabElement {
  static override readonly tag: string = 'live-cursors'
  static override readonly styles: CSSResultGroup = [tokens, cursorStyles, styles]
  static override readonly properties: PropertyDeclarations = {
    activityType: { attribute: 'activity-type' },
    activityId: { attribute: 'activity-id' },
    max: { type: Number },
    labels: {},
    idleTimeout: { attribute: 'idle-timeout', type: Number },
    hideOwn: { attribute: 'hide-own', type: Boolean },
    renderCursor: { attribute: false },
    toPoint: { attribute: false },
    fromPoint: { attribute: false },
  }
  static {
    // What it wraps is known only once it is drawn.
    this.disableWarning?.('change-in-update')
  }

  /** Kind of the activity, as the service's configuration and the page name it. */
  declare activityType: string | undefined
  /** Which activity of that kind. */
  declare activityId: string | undefined
  /** Most cursors drawn; of more people those that moved last. Default 30. */
  declare max: number | undefined
  /** When names stand beside cursors. Default `move`: while they move and until `idle-timeout` is over. */
  declare labels: CursorLabels | undefined
  /** How long a cursor rests before its name fades, milliseconds. Default 3000. */
  declare idleTimeout: number | undefined
  /** Whether one's own pointers on other devices and pages are left out; that of this page is never drawn. */
  declare hideOwn: boolean | undefined
  /** Draws a cursor in the page's own way; without an answer the kit draws it. */
  declare renderCursor: ((person: CursorPerson) => unknown) | undefined
  /** Where a position is on the screen, for content that is not made of elements; see `fromPoint`. */
  declare toPoint: CustomPlaces['toPoint']
  /** The position of a point of the screen (`clientX`, `clientY`), in any numbers that `toPoint` understands. */
  declare fromPoint: CustomPlaces['fromPoint']

  readonly #activity = new StoreController(this, (state: CollabState) =>
    selectActivity(state, this.activityType ?? '', this.activityId ?? ''),
  )
  readonly #connection = new StoreController(this, selectConnection)
  readonly #users = new StoreController(this, (state: CollabState) => state.users)
  readonly #username = new StoreController(this, selectUsername)
  #cursors: SharedCursors | undefined
  #opened: { client: CollabClient; handle: ActivityHandle; release: () => void } | undefined
  #paused = false
  #template: Element | undefined
  #draw: DrawCursor | undefined
  #error: ErrorShape | undefined
  #sizes: ResizeObserver | undefined

  /** Shows and tells nothing until `resume()`. One stays in the activity. */
  pause(): void {
    this.#paused = true
    this.requestUpdate()
  }

  /** Goes on after `pause()`. */
  resume(): void {
    this.#paused = false
    this.requestUpdate()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    // Where it was out of sight nothing else tells that it is not any more.
    this.#sizes ??= new ResizeObserver(() =>
      requestAnimationFrame(() => !this.#cursors && this.requestUpdate()),
    )
    this.#sizes.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#sizes?.disconnect()
    this.#stop()
  }

  protected override clientChanged(
    client: CollabClient | undefined,
    previous: CollabClient | undefined,
  ): void {
    super.clientChanged(client, previous)
    this.#open(client)
  }

  protected override get settled(): boolean {
    if (!this.activityType || !this.activityId || this.#paused) return true
    const status = this.#connection.value?.status ?? 'connecting'
    if (!/^(idle|connecting|live)$/.test(status)) return true
    return !/^(idle|joining)$/.test(this.#activity.value?.status ?? 'idle')
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('activityType') || changed.has('activityId')) this.#open(this.client)
    if (changed.has('renderCursor')) this.#drawAnew()
  }

  protected override render(): TemplateResult {
    return html`<i class="font-probe"></i><slot @slotchange=${this.#arrange}></slot
      ><slot name="cursor" @slotchange=${this.#takeTemplate}></slot>
      <div class="cursors" aria-hidden="true" inert></div>`
  }

  protected override firstUpdated(changed: PropertyValues): void {
    super.firstUpdated(changed)
    this.#takeTemplate()
    this.#arrange()
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const status = this.#connection.value?.status
    this.setState('offline', status === 'offline')
    this.setState('paused', this.#paused)
    this.#tellErrors()
    if (!this.isConnected) return
    if (this.#paused) return this.#stop()
    this.#cursors ??= this.#make()
    this.#cursors?.update({
      activity: this.#activity.value,
      connection: status,
      users: this.#users.value ?? {},
      username: this.#username.value,
      hideOwn: this.hideOwn ?? false,
      settings: {
        max: this.max ?? cursorDefaults.max,
        labels: this.labels ?? cursorDefaults.labels,
        idleMs: this.idleTimeout ?? cursorDefaults.idleMs,
        draw: this.#draw,
      },
    })
  }

  #tellErrors(): void {
    const connection = this.#connection.value
    const activity = this.#activity.value
    const failed = connection?.status === 'refused' ? connection.error : activity?.error
    if (failed && failed !== this.#error) this.fail(failed)
    this.#error = failed
  }

  #make(): SharedCursors | undefined {
    const overlay = this.renderRoot.querySelector<HTMLElement>('.cursors')
    // Out of sight it covers nothing yet.
    if (!overlay || this.getClientRects().length === 0) return undefined
    return new SharedCursors({
      overlay,
      content: this.matches(':state(alone)') ? containerOf(this) : this,
      custom: () => ({ toPoint: this.toPoint, fromPoint: this.fromPoint }),
      send: (cursor) => this.#opened?.handle.setState({ cursor: cursor && { ...cursor } }),
    })
  }

  #stop(): void {
    this.#cursors?.stop()
    // It may stand around, or in, something else when it comes back.
    this.#cursors = undefined
  }

  readonly #arrange = (): void => {
    const slot = this.renderRoot.querySelector<HTMLSlotElement>('slot:not([name])')
    const alone = !slot?.assignedNodes().some(isContent)
    if (alone === this.matches(':state(alone)')) return
    this.#stop()
    this.setState('alone', alone)
    this.requestUpdate()
  }

  readonly #takeTemplate = (): void => {
    const slot = this.renderRoot.querySelector<HTMLSlotElement>('slot[name=cursor]')
    const [template] = slot?.assignedElements() ?? []
    if (template === this.#template) return
    this.#template = template
    this.#drawAnew()
    this.requestUpdate()
  }

  #drawAnew(): void {
    const own = this.renderCursor
    const template = this.#template
    if (!own && !template) return void (this.#draw = undefined)
    this.#draw = (person, container) => {
      const drawn = own?.(person) ?? (template && copyOf(template, person))
      if (drawn === undefined || drawn === null) return false
      const box = document.createElement('div')
      render(drawn, box)
      container.replaceChildren(box)
      return true
    }
  }

  #open(client: CollabClient | undefined): void {
    const { activityType: type, activityId: id } = this
    const before = this.#opened
    const same = before?.handle.type === type && before?.handle.id === id
    if (before && before.client === client && same) return
    this.#opened = undefined
    if (client && type && id) {
      const handle = client.activity(type, id)
      this.#opened = { client, handle, release: handle.open() }
    }
    // After the new one was opened: what both need stays connected.
    before?.release()
  }
}

/** The element that an absolutely placed one covers. */
function containerOf(element: HTMLElement): HTMLElement {
  const { offsetParent, ownerDocument } = element
  const { body, documentElement } = ownerDocument
  if (!(offsetParent instanceof HTMLElement)) return documentElement
  const isPage = offsetParent === body && getComputedStyle(body).position === 'static'
  return isPage ? documentElement : offsetParent
}

const isContent = (node: Node): boolean =>
  node instanceof Element || (node instanceof Text && /\S/.test(node.data))

function copyOf(template: Element, { displayName }: CursorPerson): Node {
  const copy = document.createElement('div')
  const source = template instanceof HTMLTemplateElement ? template.content : template
  copy.append(document.importNode(source, true))
  for (const place of copy.querySelectorAll('[data-name]')) place.textContent = displayName
  return copy
}

declare global {
  interface HTMLElementTagNameMap {
    'live-cursors': LiveCursorsElement
  }
}
