import type { ActivityHandle, ActivityState, ConnectionStatus } from '@collab-kit/client'
import type { StateValue, User } from '@collab-kit/protocol'
import { render } from 'lit'
import type { CustomPlaces } from '../activity/anchors.ts'
import { cursorDefaults, type DrawCursor } from '../activity/cursor-layer.ts'
import { Follow, type FollowStop } from '../activity/follow.ts'
import { SharedCursors } from '../activity/shared-cursors.ts'
import { type Viewport, ViewportSampler } from '../activity/viewport.ts'

export interface PlacesHost {
  handle(): ActivityHandle | undefined
  custom(): CustomPlaces
  stopped(reason: FollowStop): void
}

export interface PlacesScene {
  activity: ActivityState | undefined
  connection: ConnectionStatus | undefined
  users: Readonly<Record<string, User>>
  username: string | undefined
  /** Whose cursors: everybody's, nobody's, or only those of others. */
  cursors: 'on' | 'off' | 'self-off'
  /** Element of the page that every cursor is a copy of. */
  template: Element | undefined
}

/** Where everybody is in the content: cursors, what is in view, and following. */
export class RoomPlaces {
  readonly #cursors: SharedCursors
  readonly #viewport: ViewportSampler
  readonly #follow: Follow
  #connectionId: string | undefined
  #template: Element | undefined
  #draw: DrawCursor | undefined

  constructor(elements: { content: HTMLElement; overlay: HTMLElement }, host: PlacesHost) {
    this.#cursors = new SharedCursors({
      ...elements,
      custom: () => host.custom(),
      send: (cursor) => host.handle()?.setState({ cursor: cursor && { ...cursor } }),
    })
    this.#viewport = new ViewportSampler(elements.content, (viewport) =>
      host.handle()?.setState({ viewport: toJson(viewport) }),
    )
    this.#follow = new Follow(this.#cursors.anchors, (reason) => host.stopped(reason))
  }

  update({ activity, connection, users, username, cursors, template }: PlacesScene): void {
    if (template !== this.#template) this.#take(template)
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

  #take(template: Element | undefined): void {
    this.#template = template
    this.#draw = template && ((person, container) => drawCopy(template, person, container))
  }
}

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
