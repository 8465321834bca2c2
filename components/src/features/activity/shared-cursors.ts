import type { ActivityState, ConnectionStatus } from '@collab-kit/client'
import type { User } from '@collab-kit/protocol'
import { Anchors, type CustomPlaces, type Position, toPosition } from './anchors.ts'
import { CursorLayer, type CursorSettings, type Pointing } from './cursor-layer.ts'
import { PointerSampler } from './pointer-sampler.ts'

/** What cursors depend on. */
export interface CursorScene {
  activity: ActivityState | undefined
  connection: ConnectionStatus | undefined
  users: Readonly<Record<string, User>>
  /** Who is signed in here. */
  username: string | undefined
  /** Whether one's own pointers on other pages are left out; that of this page always is. */
  hideOwn: boolean
  /** Whether others see the pointer of this page. Default: true. */
  tell?: boolean
  settings: CursorSettings
}

/** The cursors of an activity over its content, and one's own among those of others. */
export class SharedCursors {
  readonly anchors: Anchors
  readonly #layer: CursorLayer
  readonly #sampler: PointerSampler

  /**
   * @param options.overlay See `CursorLayer`.
   * @param options.content What positions refer to.
   * @param options.send Tells the others where one's pointer is: the key `cursor` of the participant's state.
   */
  constructor(options: {
    overlay: HTMLElement
    content: HTMLElement
    custom?: () => CustomPlaces
    send: (position: Position | null) => void
  }) {
    this.anchors = new Anchors(options.content, options.custom)
    this.#layer = new CursorLayer(options.overlay, this.anchors)
    this.#sampler = new PointerSampler(this.anchors, options.send)
  }

  /** To be called whenever one of these has changed. Without a connection nobody's cursor is known. */
  update(scene: CursorScene): void {
    const { activity, connection, settings } = scene
    const joined = connection === 'live' && activity?.status === 'joined' ? activity : undefined
    this.#layer.settings = settings
    this.#layer.update(joined ? pointingsOf(joined, scene) : [])
    if (joined && scene.tell !== false && mayTell(joined)) this.#sampler.start()
    else this.#sampler.stop()
  }

  /** What cursors refer to may stand elsewhere, and nothing in the page told of it. */
  refresh(): void {
    this.#layer.refresh()
  }

  /** Takes all cursors away, one's own from other pages too. */
  stop(): void {
    this.#sampler.stop()
    this.#layer.clear()
  }
}

function pointingsOf(activity: ActivityState, scene: CursorScene): Pointing[] {
  const { users, username: own, hideOwn } = scene
  return Object.values(activity.participants)
    .filter(({ local, username }) => !local && !(hideOwn && username === own))
    .map(({ connectionId, username, state }) => ({
      connectionId,
      username,
      name: users[username]?.displayName ?? username,
      position: toPosition(state['cursor']),
    }))
}

/** Whoever only reads along, or may set nothing, points at nothing. */
function mayTell({ activity, participants }: ActivityState): boolean {
  const own = Object.values(participants).find(({ local }) => local)
  return !own?.lurking && (activity?.permissions.includes('set_state') ?? false)
}
