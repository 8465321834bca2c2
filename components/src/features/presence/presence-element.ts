import {
  type CollabClient,
  type CollabState,
  placeKey,
  type PresencePlace,
  type PresenceTarget,
  selectConnection,
} from '@collab-kit/client/base'
import type { ErrorShape } from '@collab-kit/protocol'
import type { PropertyDeclarations, PropertyValues } from 'lit'
import { afterFrame } from '../../kit/after-frame.ts'
import { CollabElement } from '../../kit/element.ts'
import { presence as texts } from '../../kit/localize/en/presence.ts'
import { StoreController } from '../../kit/store-controller.ts'
import { type Barrier, barrierOf } from './access.ts'
import { People, type Person } from './people.ts'
import { targetOf } from './presence-target.ts'

/** What an element of presence shows as a whole. */
export type PresenceStage = Barrier | 'no-target' | 'loading' | 'ready'

/** Shorter losses of the connection are not told, milliseconds. */
const STALE_AFTER_MS = 1500
/** How often “5 minutes ago” is looked at anew, milliseconds. */
const MINUTE_MS = 60_000

/**
 * What elements that show people share: whose presence it is, who they are, and how things stand.
 *
 * @cssState loading - Who is here is not known yet.
 * @cssState ready - People are shown.
 * @cssState empty - Nobody is shown.
 * @cssState offline - The connection is lost: what is shown was known last.
 * @cssState signed-out - Someone has to sign in.
 * @cssState error - Who is here cannot be shown.
 */
export abstract class PresenceElement extends CollabElement {
  static override readonly properties: PropertyDeclarations = {
    contacts: { type: Boolean },
    chatId: { attribute: 'chat-id' },
    activityType: { attribute: 'activity-type' },
    activityId: { attribute: 'activity-id' },
    usernames: {},
    label: {},
  }

  /** Shows one's contacts. */
  declare contacts: boolean
  /** Shows the people of this chat. */
  declare chatId: string | undefined
  /** Shows the people of an activity: its type, with `activity-id`. */
  declare activityType: string | undefined
  /** Shows the people of an activity: its id, with `activity-type`. */
  declare activityId: string | undefined
  /** Shows these people: usernames with spaces or commas between them, or as an array. */
  declare usernames: string | readonly string[] | undefined
  /** What assistive technology calls this element. Default: “People”. */
  declare label: string | undefined

  protected readonly connection = new StoreController(this, selectConnection)
  protected readonly place = new StoreController(this, (state: CollabState) => this.#place(state))
  protected readonly presences = new StoreController(
    this,
    (state: CollabState) => state.presence.people,
  )
  protected readonly users = new StoreController(this, (state: CollabState) => state.users)
  protected readonly me = new StoreController(
    this,
    (state: CollabState) => state.me?.username ?? state.username,
  )
  protected stage: PresenceStage = 'loading'
  readonly #people = new People()
  #target: PresenceTarget | undefined
  #key = ''
  #watched: { client: CollabClient; key: string; release: () => void } | undefined
  #frame: Promise<void> | undefined
  #stale: ReturnType<typeof setTimeout> | 'yes' | undefined
  #minutes: ReturnType<typeof setInterval> | undefined
  #told: ErrorShape | undefined

  constructor() {
    super()
    this.contacts = false
    this.localize.include(texts)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#minutes ??= setInterval(() => this.requestUpdate(), MINUTE_MS)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#minutes)
    this.#minutes = undefined
    this.#setStale(false)
  }

  protected override get settled(): boolean {
    return this.stage !== 'loading'
  }

  protected get target(): PresenceTarget | undefined {
    return this.#target
  }

  /** Whether what is shown was known last and may be otherwise by now. */
  protected get stale(): boolean {
    return this.#stale === 'yes'
  }

  /** Why nobody can be shown. */
  protected get error(): ErrorShape | undefined {
    const connection = this.connection.value
    return connection?.status === 'refused' ? connection.error : this.place.value?.error
  }

  protected override clientChanged(
    client: CollabClient | undefined,
    previous: CollabClient | undefined,
  ): void {
    super.clientChanged(client, previous)
    this.#watch(client)
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    this.#target = targetOf(this)
    this.#key = this.#target ? placeKey(this.#target) : ''
    this.#watch(this.client)
  }

  /** The first change is drawn at once, more of them together after the next frame: no frame has two updates. */
  protected override async scheduleUpdate(): Promise<void> {
    await this.#frame
    this.#frame = afterFrame().then(() => (this.#frame = undefined))
    await super.scheduleUpdate()
  }

  protected override update(changed: PropertyValues<this>): void {
    this.stage = this.#stageNow()
    const { status } = this.connection.value ?? {}
    this.#setStale(status === 'offline' || status === 'reconnecting')
    super.update(changed)
    this.setState('loading', this.stage === 'loading')
    this.setState('ready', this.stage === 'ready')
    this.setState('signed-out', ['signed-out', 'session-ended'].includes(this.stage))
    this.setState('error', ['refused', 'no-target', 'no-service'].includes(this.stage))
    this.setState('offline', this.stale)
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const { error } = this
    if (this.stage === 'refused' && error && error !== this.#told) {
      this.fail({ ...error, ...(this.chatId && { chatId: this.chatId }) })
    }
    this.#told = error
  }

  /** Everybody there is to show. */
  protected everybody(withSelf: boolean): Person[] {
    const { usernames = [] } = this.place.value ?? {}
    const me = this.me.value
    const others = usernames.filter((username) => username !== me)
    return this.#people.take({
      usernames: withSelf && me && this.place.value?.status === 'ready' ? [me, ...others] : others,
      people: this.presences.value ?? {},
      users: this.users.value ?? {},
      me,
    })
  }

  /** Tries again after a refusal. */
  protected retry(): void {
    this.client?.connect()
    this.#watched?.release()
    this.#watched = undefined
    this.#watch(this.client)
  }

  #place(state: CollabState): PresencePlace | undefined {
    return state.presence.places[this.#key]
  }

  #watch(client: CollabClient | undefined): void {
    const target = this.#target
    const key = this.#key
    if (this.#watched?.client === client && this.#watched?.key === key) return
    if (!this.#watched && !key) return
    // First the new one: what both need stays followed.
    const release = client && target ? client.presence.watch(target) : undefined
    this.#watched?.release()
    this.#watched = client && release ? { client, key, release } : undefined
  }

  #stageNow(): PresenceStage {
    if (!this.#target) return 'no-target'
    const barrier = barrierOf(this.source, this.connection.value)
    if (barrier) return barrier
    const place = this.place.value
    if (place?.status === 'refused') return 'refused'
    return place?.status === 'ready' ? 'ready' : 'loading'
  }

  /** A short loss is none. */
  #setStale(away: boolean): void {
    if (away) {
      this.#stale ??= setTimeout(() => {
        this.#stale = 'yes'
        this.requestUpdate()
      }, STALE_AFTER_MS)
      return
    }
    if (this.#stale !== 'yes') clearTimeout(this.#stale)
    this.#stale = undefined
  }
}
