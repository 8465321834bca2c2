import {
  type ActivityOptions,
  type CollabClient,
  type CollabState,
  selectActivity,
  selectConnection,
  selectPeople,
  selectUsername,
} from '@collab-kit/client/base'
import type { StateValue } from '@collab-kit/protocol'
import type { PropertyDeclarations, PropertyValues } from 'lit'
import { CollabElement } from '../../kit/element.ts'
import { StoreController } from '../../kit/store-controller.ts'
import { ActivitySession } from './activity-session.ts'
import { displayName, ownOf } from './room-people.ts'
import { isLoading, roomStage, type Stage } from './room-stage.ts'

/**
 * An element that is in an activity: which one, how it is made, what is known of it, and what is shared in it.
 */
export abstract class ActivityElement extends CollabElement {
  static override readonly properties: PropertyDeclarations = {
    activityType: { attribute: 'activity-type' },
    activityId: { attribute: 'activity-id' },
    lurk: { type: Boolean },
    create: { attribute: false },
  }

  /** Kind of the activity, as the page names it. */
  declare activityType: string | undefined
  /** Which activity of that kind. */
  declare activityId: string | undefined
  /** Only watches, unseen by those who do not run the activity. */
  declare lurk: boolean
  /** How the activity is made by the first who joins; `false` joins only what is there. */
  declare create: ActivityOptions['create']

  protected readonly activity = new StoreController(this, (state: CollabState) =>
    selectActivity(state, this.activityType ?? '', this.activityId ?? ''),
  )
  protected readonly people = new StoreController(this, (state: CollabState) =>
    selectPeople(state, this.activityType ?? '', this.activityId ?? ''),
  )
  protected readonly connection = new StoreController(this, selectConnection)
  protected readonly users = new StoreController(this, (state: CollabState) => state.users)
  protected readonly username = new StoreController(this, selectUsername)
  protected readonly session = new ActivitySession()

  constructor() {
    super()
    this.lurk = false
  }

  /** The shared values by key, those set here included. */
  get shared(): Readonly<Record<string, StateValue>> {
    const entries = Object.entries(this.activity.value?.shared ?? {})
    return Object.fromEntries(entries.map(([key, { value }]) => [key, value]))
  }

  /** Sets a shared value for everybody. */
  setShared(key: string, value: StateValue): void {
    this.session.handle?.setShared(key, value)
  }

  /** Takes a shared value away for everybody; nothing happens where there is none. */
  removeShared(key: string): void {
    this.session.handle?.removeShared(key)
  }

  /** Leaves the activity; the content stays as it is. */
  leave(): void {
    this.session.leave()
    this.requestUpdate()
  }

  /** Comes back after having left, or having been put out. */
  rejoin(): void {
    this.session.rejoin(this.#options)
    this.requestUpdate()
  }

  /** What the element is as a whole. */
  protected get stage(): Stage {
    return roomStage({
      addressMissing: this.source.addressMissing,
      named: Boolean(this.activityType && this.activityId),
      tokensByPage: this.source.tokensByPage,
      connection: this.connection.value,
      activity: this.activity.value,
      left: this.session.left,
    })
  }

  /** Whether shared values can be changed here. */
  protected get writable(): boolean {
    const { stage } = this
    if (stage !== 'joined' && stage !== 'joining') return false
    const { activity } = this.activity.value ?? {}
    const own = ownOf(this.activity.value)
    return !(own?.lurking ?? this.lurk) && (activity?.permissions.includes('set_state') ?? true)
  }

  protected override get settled(): boolean {
    return !isLoading(this.stage, this.activity.value, this.connection.value)
  }

  /** What is known, for drawing. */
  protected get known() {
    const activity = this.activity.value
    const own = ownOf(activity)
    return {
      localize: this.localize,
      client: this.client,
      activity,
      connection: this.connection.value,
      people: this.people.value ?? [],
      users: this.users.value ?? {},
      me: this.username.value,
      own: own?.connectionId,
      lurking: own?.lurking ?? false,
      look: { i18n: this.i18n, density: this.density },
    }
  }

  /** What somebody is called. */
  protected nameOf(username: string): string {
    return displayName(this.users.value ?? {}, username)
  }

  /** Another activity, or none, is about to be opened. */
  protected abstract closing(): void

  protected override clientChanged(
    client: CollabClient | undefined,
    previous: CollabClient | undefined,
  ): void {
    super.clientChanged(client, previous)
    this.#open(client)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const named = ['activityType', 'activityId', 'lurk'] as const
    if (named.some((name) => changed.has(name))) this.#open(this.client)
  }

  get #options(): ActivityOptions {
    return { lurk: this.lurk, ...(this.create !== undefined && { create: this.create }) }
  }

  #open(client: CollabClient | undefined): void {
    const wanted = { type: this.activityType, id: this.activityId, ...this.#options }
    if (this.session.isOpen(client, wanted)) return
    this.closing()
    this.session.open(client, wanted)
  }
}
