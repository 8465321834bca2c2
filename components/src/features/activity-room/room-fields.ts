import type { ActivityHandle, ActivityState } from '@collab-kit/client'
import type { StateValue } from '@collab-kit/protocol'
import type { Localize } from '../../kit/localize/localize.ts'
import { Binding } from '../activity/binding.ts'
import { isActive, nameOfControl } from '../activity/bound-control.ts'
import type { BoundConflict, BoundHint } from '../activity/bound-model.ts'
import { readable } from './room-hints.ts'
import { OUT, type Stage } from './room-stage.ts'
import { type Mark, RoomMarks } from './room-marks.ts'
import { editorsByKey } from './room-people.ts'

export interface FieldsHost {
  readonly element: HTMLElement
  handle(): ActivityHandle | undefined
  /** Tells the page of a conflict. @returns whether it decides itself */
  conflicted(conflict: BoundConflict): boolean
  changed(): void
  /** A hint of this kind came up. */
  hinted(hint: BoundHint): void
}

export interface FieldsScene {
  /** What the room is as a whole; fields are the page's own while one is not in it. */
  stage: Stage
  activity: ActivityState | undefined
  me: string | undefined
  writable: boolean
  nameOf: (username: string) => string
}

/** The bound fields of a room, and what is shown at them. */
export class RoomFields {
  readonly #host: FieldsHost
  readonly #localize: Localize
  readonly #binding: Binding
  readonly #marks: RoomMarks
  #connected = false
  /** Usernames of those in a field, by key. */
  editors: ReadonlyMap<string, readonly string[]> = new Map()
  #told = new Map<string, unknown>()
  #conflicts: ActivityState['conflicts'] | undefined

  constructor(host: FieldsHost, localize: Localize) {
    this.#host = host
    this.#localize = localize
    this.#marks = new RoomMarks(
      () => host.element.shadowRoot?.querySelector<HTMLElement>('.layer') ?? undefined,
    )
    this.#binding = new Binding(host.element, {
      set: (key, value) => host.handle()?.setShared(key, value),
      editing: (editing) => host.handle()?.setState({ editing }),
      conflict: (conflict) => host.conflicted(conflict),
      changed: () => host.changed(),
      text: (value: StateValue) => readable(localize, value),
      inHint: () => this.#inHint(),
    })
  }

  get hints(): readonly BoundHint[] {
    return this.#binding.hints
  }

  connect(): void {
    if (this.#connected) return
    this.#connected = true
    this.#binding.connect()
  }

  /** The fields are the page's own again, with the values they have. @param save Whether what waits is saved first */
  disconnect(save = true): void {
    if (!this.#connected) return
    this.#connected = false
    this.#binding.disconnect(save)
    this.#marks.stop()
    this.editors = new Map()
    this.#conflicts = undefined
    this.#told.clear()
  }

  /** What a key is called: the label of its field. */
  nameOf(key: string): string {
    return nameOfControl(this.#binding.controlsOf(key)[0], key)
  }

  /** Takes over what is known; to be called before drawing. */
  follow(scene: FieldsScene): void {
    const { activity, me, writable, nameOf } = scene
    if (!this.#mayStay(scene)) return
    this.connect()
    const { formats } = this.#localize
    const all = editorsByKey(activity?.participants ?? {})
    this.editors = new Map([...all].filter(([key]) => this.#binding.controlsOf(key).length > 0))
    const descriptions = new Map(
      [...this.editors].map(([key, usernames]) => [
        key,
        this.#localize.text('fieldEditors', formats.list(usernames.map(nameOf))),
      ]),
    )
    const { shared = {}, refused = {} } = activity ?? {}
    this.#binding.follow({ shared, refused, writable, me, descriptions })
  }

  /** Whoever is out keeps what the fields held last, but for whom the right to see it is lost. */
  #mayStay({ stage, activity }: FieldsScene): boolean {
    const lost = (stage === 'removed' && activity?.permission) || stage === 'refused'
    const { element, handle } = this.#host
    if (!OUT.has(stage) && !lost) return element.isConnected && handle() !== undefined
    if (lost && this.#connected) this.#binding.empty()
    this.disconnect(!lost && stage !== 'ended')
    return false
  }

  /** What the client could not settle; asked of the page once each, after drawing. */
  settle(activity: ActivityState | undefined): void {
    const conflicts = activity?.conflicts
    if (!this.#connected || !conflicts || conflicts === this.#conflicts) return
    const before = this.#conflicts ?? {}
    this.#conflicts = conflicts
    for (const [key, conflict] of Object.entries(conflicts)) {
      if (before[key] === conflict) continue
      const { mine, theirs, by } = conflict
      const told: BoundConflict = { key, mine, theirs, by }
      if (this.#host.conflicted(told)) continue
      this.#host.handle()?.resolve(key, 'mine')
      this.#binding.overwritten(told)
    }
  }

  /** Puts outlines and hints where their fields are; to be called after drawing. */
  place(): void {
    const layer = this.#host.element.shadowRoot
    const marks: Mark[] = []
    for (const element of layer?.querySelectorAll<HTMLElement>('.outline') ?? []) {
      const [control] = this.#binding.controlsOf(element.dataset['key'] ?? '')
      if (control) marks.push({ element, control, at: 'around' })
    }
    for (const hint of this.hints) {
      const key = CSS.escape(hint.key)
      const element = layer?.querySelector<HTMLElement>(`.hint[data-key="${key}"]`)
      if (element) marks.push({ element, control: hint.control, at: 'below' })
    }
    this.#marks.show(marks)
    this.#tell()
  }

  useTheirs(key: string): void {
    this.#binding.useTheirs(key)
  }

  keepMine(key: string): void {
    this.#binding.keepMine(key)
  }

  resolve(key: string, choice: 'mine' | 'theirs'): void {
    if (!this.#binding.resolve(key, choice)) this.#host.handle()?.resolve(key, choice)
  }

  /** From a hint back to its field. */
  back({ control }: BoundHint): void {
    if (control instanceof HTMLElement) control.focus()
  }

  /** The focus left a hint. */
  left({ key, control }: BoundHint): void {
    setTimeout(() => {
      if (this.#connected && !this.#inHint() && !isActive(control)) this.#binding.leave(key)
    })
  }

  /** Into the hint of the field that has the focus, or the only one there is. */
  enterHint(): boolean {
    const choices = this.hints.filter(({ kind }) => kind !== 'readonly')
    const hint = choices.find(({ control }) => isActive(control)) ?? choices[0]
    if (!hint) return false
    const selector = `.hint[data-key="${CSS.escape(hint.key)}"] button`
    this.#host.element.shadowRoot?.querySelector<HTMLElement>(selector)?.focus()
    return true
  }

  #inHint(): boolean {
    return Boolean(this.#host.element.shadowRoot?.activeElement?.closest('.hint'))
  }

  #tell(): void {
    const hints = new Map(this.hints.map((hint) => [hint.key, hint]))
    for (const key of this.#told.keys()) if (!hints.has(key)) this.#told.delete(key)
    for (const [key, hint] of hints) {
      if (this.#told.get(key) === hint) continue
      this.#told.set(key, hint)
      this.#host.hinted(hint)
    }
  }
}
