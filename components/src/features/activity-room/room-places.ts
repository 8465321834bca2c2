import type { ActivityHandle, ActivityState, ConnectionStatus } from '@collab-kit/client'
import type { StateValue, User } from '@collab-kit/protocol'
import { render } from 'lit'
import type { CustomPlaces } from '../activity/anchors.ts'
import { cursorDefaults, type DrawCursor } from '../activity/cursor-layer.ts'
import { Follow, type FollowScroll, type FollowStop } from '../activity/follow.ts'
import { SharedCursors } from '../activity/shared-cursors.ts'
import { type Viewport, ViewportSampler } from '../activity/viewport.ts'

export interface PlacesHost {
  readonly element: HTMLElement
  handle(): ActivityHandle | undefined
  custom(): CustomPlaces
  stopped(reason: FollowStop): void
  /** What moves while somebody is followed, where the page says it. */
  scroll(): FollowScroll | undefined
}

export interface PlacesScene {
  activity: ActivityState | undefined
  connection: ConnectionStatus | undefined
  users: Readonly<Record<string, User>>
  username: string | undefined
  /** Whose cursors: everybody's, nobody's, or only those of others. */
  cursors: 'on' | 'off' | 'self-off'
}

/** Where everybody is in the content: cursors, what is in view, and following. */
export class RoomPlaces {
  readonly #host: PlacesHost
  readonly #cursors: SharedCursors
  readonly #viewport: ViewportSampler
  readonly #follow: Follow
  #connectionId: string | undefined
  #template: Element | undefined
  #draw: DrawCursor | undefined

  /** To be made once the element is drawn. */
  static of(host: PlacesHost): RoomPlaces | undefined {
    const root = host.element.shadowRoot
    const content = root?.querySelector<HTMLElement>('.content')
    const overlay = root?.querySelector<HTMLElement>('.cursor-layer')
    return content && overlay ? new RoomPlaces({ content, overlay }, host) : undefined
  }

  private constructor(elements: { content: HTMLElement; overlay: HTMLElement }, host: PlacesHost) {
    this.#host = host
    this.#cursors = new SharedCursors({
      ...elements,
      custom: () => host.custom(),
      send: (cursor) => host.handle()?.setState({ cursor: cursor && { ...cursor } }),
    })
    this.#viewport = new ViewportSampler(elements.content, (viewport) =>
      host.handle()?.setState({ viewport: toJson(viewport) }),
    )
    this.#follow = new Follow(this.#cursors.anchors, {
      stopped: (reason) => host.stopped(reason),
      scroll: () => host.scroll() ?? (hasNeighbour(host.element) ? 'content' : 'page'),
      isAbout: (event) => event.composedPath().some(isNote),
    })
  }

  update({ activity, connection, users, username, cursors }: PlacesScene): void {
    this.#takeTemplate()
    this.#cursors.update({
      activity: cursors === 'off' ? undefined : activity,
      connection,
      users,
      username,
      hideOwn: false,
      tell: cursors === 'on',
      settings: { ...cursorDefaults, draw: this.#draw },
    })
    const own = Object.values(activity?.participants ?? {}).find(({ local }) => local)
    const here = activity?.status === 'joined' && connection === 'live' && !own?.lurking
    if (here) this.#viewport.start()
    else this.#viewport.stop()
    if (here && own && own.connectionId !== this.#connectionId) this.#viewport.repeat()
    this.#connectionId = own?.connectionId
    if (activity) this.#follow.update(activity)
  }

  stop(): void {
    this.#cursors.stop()
    this.#viewport.stop()
    this.#follow.stop('ended')
  }

  /** Element of the page that every cursor is a copy of. */
  #takeTemplate(): void {
    const root = this.#host.element.shadowRoot
    const slot = root?.querySelector<HTMLSlotElement>('slot[name=cursor]')
    const template = slot?.assignedElements()[0]
    if (template === this.#template) return
    this.#template = template
    this.#draw = template && ((person, container) => drawCopy(template, person, container))
  }
}

/** Whether the page holds another room, neither around nor inside this one. */
function hasNeighbour(room: HTMLElement): boolean {
  const roots = new Set([room.ownerDocument, room.getRootNode() as Document | ShadowRoot])
  return [...roots].some((root) =>
    [...root.querySelectorAll(room.localName)].some(
      (other) => !other.contains(room) && !room.contains(other),
    ),
  )
}

/** What says who is followed stands over the content and is no part of it. */
const isNote = (each: EventTarget): boolean =>
  each instanceof Element && each.matches('.follow-note')

function drawCopy(
  template: Element,
  { displayName }: { displayName: string },
  container: HTMLElement,
): boolean {
  const copy = document.createElement('div')
  const source = template instanceof HTMLTemplateElement ? template.content : template
  render(document.importNode(source, true), copy)
  for (const place of copy.querySelectorAll('[data-name]')) place.textContent = displayName
  container.replaceChildren(copy)
  return true
}

function toJson({ inline, block, scrollers }: Viewport): StateValue {
  if (!scrollers) return { inline, block }
  const named = Object.entries(scrollers).map(([name, at]): [string, StateValue] => [
    name,
    { ...at },
  ])
  return { inline, block, scrollers: Object.fromEntries<StateValue>(named) }
}
