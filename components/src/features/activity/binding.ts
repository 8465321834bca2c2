import type { KitState } from '@collab-kit/client'
import type { StateValue } from '@collab-kit/protocol'
import { BoundAttributes } from './bound-attributes.ts'
import {
  defaultOf,
  hasCaret,
  isActive,
  isOurs,
  kindOf,
  mayBeReadonly,
  readControl,
  retype,
  same,
  selectionOf,
  shows,
  writeControl,
} from './bound-control.ts'
import { type BoundChange, BoundElements } from './bound-elements.ts'
import { BoundGuard } from './bound-guard.ts'
import type { BoundConflict, BoundHint, BoundState } from './bound-model.ts'
import { isEcho, keepsRefused, type Known, KnownKeys, noteOwn } from './bound-known.ts'
import { ShownValues } from './bound-shown.ts'

/** What is typed is saved when nothing more came for this time, milliseconds. */
export const SAVE_AFTER_MS = 150
/** Hints that are there until somebody closes them. */
const STAYS: ReadonlySet<BoundHint['kind']> = new Set(['overwritten', 'refused'])

export interface BindingHost {
  set(key: string, value: StateValue): void
  editing(editing: NonNullable<KitState['editing']> | null): void
  /** Tells the page. @returns whether the page decides itself, by `resolve` */
  conflict(conflict: BoundConflict): boolean
  /** Hints came or went, or elements did. */
  changed(): void
  /** A value for people to read. */
  text(value: StateValue): string
  /** Whether the focus is in a hint: then its control is not left yet. */
  inHint(): boolean
}

/**
 * Keeps elements that name a shared value by `data-collab-bind` and that value the same, both ways. While the focus
 * is in a control nothing is replaced in it: what others write waits beside it.
 */
export class Binding {
  readonly #host: BindingHost
  readonly #root: HTMLElement
  readonly #elements: BoundElements
  readonly #attributes = new BoundAttributes()
  readonly #guard: BoundGuard
  readonly #shown = new ShownValues()
  readonly #known = new KnownKeys()
  #state: BoundState | undefined
  #abort: AbortController | undefined
  #composing: Element | undefined

  /** @param root The element whose light DOM is bound. */
  constructor(root: HTMLElement, host: BindingHost) {
    this.#root = root
    this.#host = host
    this.#elements = new BoundElements(root, (change) => this.#elementsChanged(change))
    this.#guard = new BoundGuard(this.#elements, {
      writable: () => this.#state?.writable !== false,
      valueOf: (key) => this.#state?.shared[key]?.value,
      refused: (key, control) => this.#tellReadonly(key, control),
    })
  }

  get hints(): BoundHint[] {
    return [...this.#known.values()].flatMap(({ hint }) => hint ?? [])
  }

  controlsOf(key: string): readonly Element[] {
    return this.#elements.of(key).controls
  }

  connect(): void {
    if (this.#abort) return
    this.#abort = new AbortController()
    const { signal } = this.#abort
    const on = (type: string, hear: (event: Event) => void) =>
      this.#root.addEventListener(type, hear, { signal })
    on('beforeinput', (event) => this.#guard.stop(event))
    on('click', (event) => this.#guard.stop(event))
    on('input', (event) => this.#typed(event))
    on('change', (event) => this.#changed(event))
    on('compositionstart', (event) => (this.#composing = this.#elements.controlOf(event)?.control))
    on('compositionend', (event) => {
      this.#composing = undefined
      this.#typed(event)
    })
    on('focusin', (event) => this.#entered(event))
    on('focusout', (event) => this.#leaving(event))
    on('reset', (event) => setTimeout(() => !event.defaultPrevented && this.#wasReset(event)))
    document.addEventListener('selectionchange', () => this.#tellSelection(), { signal })
    this.#elements.connect()
  }

  /** Leaves the page as it was found, but for the values. @param save Whether what waits is saved first */
  disconnect(save = true): void {
    for (const key of save ? this.#known.keys() : []) this.#save(key)
    this.#abort?.abort()
    this.#abort = undefined
    this.#elements.disconnect()
    this.#attributes.restore()
    for (const { timer } of this.#known.values()) clearTimeout(timer)
    this.#known.clear()
    this.#state = undefined
  }

  /** Takes all shared values out of the page: whoever sits here may not see them any more. */
  empty(): void {
    for (const [key, { entry }] of this.#known) {
      if (!entry) continue
      const { controls, shown } = this.#elements.of(key)
      for (const each of shown) this.#shown.putBack(each)
      for (const control of controls) {
        const own = defaultOf(control, controls)
        if (own !== undefined) writeControl(control, own, controls)
      }
    }
    this.#known.clear()
  }

  /** Takes over what the service says; called with each change of it. */
  follow(state: BoundState): void {
    this.#state = state
    for (const key of this.#elements.keys) {
      const refusal = state.refused?.[key]
      this.#refused(key, refusal)
      this.#arrive(key)
      if (!refusal && this.#known.of(key).hint?.kind === 'refused') this.#hint(key, undefined)
    }
    this.#dress()
  }

  /** Takes what somebody else wrote, in the place of one's own. */
  useTheirs(key: string): void {
    const known = this.#known.of(key)
    const { hint } = known
    if (!hint || hint.kind === 'readonly') return
    this.#clean(known)
    this.#hint(key, undefined)
    const { theirs = null, control } = hint
    if (control instanceof HTMLElement) control.focus()
    if (!retype(control, theirs)) writeControl(control, theirs, this.controlsOf(key))
    this.#clean(known)
    if (!same(this.#state?.shared[key]?.value ?? null, theirs)) this.#set(key, theirs)
  }

  /** Keeps what is in the control; it is saved over what somebody else wrote. */
  keepMine(key: string): void {
    const known = this.#known.of(key)
    const { hint } = known
    if (!hint) return
    this.#clean(known)
    this.#hint(key, undefined)
    if (hint.kind === 'held') {
      known.saved = hint.control
      this.#set(key, readControl(hint.control, this.controlsOf(key)))
    }
    if (hint.control instanceof HTMLElement) hint.control.focus()
  }

  /** The page has decided a conflict that it was asked about. @returns whether one of a control was open */
  resolve(key: string, choice: 'mine' | 'theirs'): boolean {
    const known = this.#known.of(key)
    if (!known.asked) return false
    if (choice === 'mine') this.keepMine(key)
    else this.useTheirs(key)
    return true
  }

  /** What was written here has taken the place of somebody else's: it stays at hand. */
  overwritten({ key, theirs, by }: BoundConflict): void {
    const { controls } = this.#elements.of(key)
    const control = controls.find(isActive) ?? controls[0]
    if (!control || theirs === undefined) return
    this.#hint(key, { kind: 'overwritten', key, control, theirs, by })
  }

  #hint(key: string, hint: BoundHint | undefined): void {
    const known = this.#known.of(key)
    if (!known.hint && !hint) return
    known.hint = hint
    known.asked = false
    this.#host.changed()
  }

  /** A key may have another value than the controls show. */
  #arrive(key: string): void {
    const known = this.#known.of(key)
    const entry = this.#state?.shared[key]
    if (known.entry === entry) return
    const before = known.entry
    known.entry = entry
    const { controls, shown } = this.#elements.of(key)
    const value = entry?.value
    for (const each of shown) {
      if (entry) this.#shown.show(each, entry.value, this.#host.text(entry.value))
      else this.#shown.putBack(each)
    }
    const echo = isEcho(known, entry, this.#state?.me)
    if (!echo) known.own = []
    for (const control of controls) {
      const next = value ?? (before && defaultOf(control, controls))
      if (next === undefined || shows(control, next, controls)) continue
      // One's own value on its way back is already older than what is in the field.
      const held = known.dirty === control || (isActive(control) && hasCaret(control))
      const kept = keepsRefused(known, control) && !entry?.pending
      if (kept && this.#state?.refused?.[key]) continue
      if (!held && !kept) writeControl(control, next, controls)
      else if (!echo)
        this.#hint(key, { kind: 'held', key, control, theirs: value ?? null, by: entry?.by })
    }
    const { hint } = known
    if (hint?.kind === 'held' && shows(hint.control, value ?? null, controls))
      this.#hint(key, undefined)
  }

  /** What was written here and is not taken is told where it was written, and stays there. */
  #refused(key: string, refusal: unknown): void {
    const known = this.#known.of(key)
    const { entry, hint, saved } = known
    if (known.refusal === refusal) return
    known.refusal = refusal
    if (!refusal || !entry?.pending || hint?.kind === 'held') return
    const { controls } = this.#elements.of(key)
    const control =
      controls.find((each) => each === saved) ??
      controls.find((each) => shows(each, entry.value, controls))
    if (!control) return
    const { value: theirs = null, by } = this.#state?.shared[key] ?? {}
    this.#hint(key, { kind: 'refused', key, control, theirs, by })
  }

  /** Whoever holds a key down is told once. */
  #tellReadonly(key: string, control: Element): void {
    const { hint } = this.#known.of(key)
    if (!hint || hint.kind === 'overwritten') this.#hint(key, { kind: 'readonly', key, control })
  }

  #typed(event: Event): void {
    if (isOurs(event)) return
    const bound = this.#elements.controlOf(event)
    if (!bound) return
    const { control, key } = bound
    const known = this.#known.of(key)
    if (this.#state?.writable === false) {
      this.#guard.putBack(control, key)
      return this.#tellReadonly(key, control)
    }
    known.dirty = control
    clearTimeout(known.timer)
    if (this.#composing === control) return
    known.timer = setTimeout(() => this.#save(key), SAVE_AFTER_MS)
  }

  /** A choice is made, or a text is finished: there is nothing to wait for. */
  #changed(event: Event): void {
    const bound = this.#elements.controlOf(event)
    if (isOurs(event) || !bound) return
    const { control, key } = bound
    // Whatever was typed was told of before; being left is no change of its own.
    const known = this.#known.of(key).dirty === control || !/^(text|plain)$/.test(kindOf(control))
    if (!known) return
    this.#typed(event)
    this.#save(key)
  }

  #wasReset({ target }: Event): void {
    let changed: (() => void) | undefined
    for (const key of this.#elements.keys) {
      const controls = this.controlsOf(key).filter((each) => (target as Node).contains(each))
      const [control] = controls
      if (!control || !this.#abort) continue
      if (this.#state?.writable === false) {
        const back = controls.filter((each) => this.#guard.putBack(each, key))
        if (back.length > 0) changed ??= () => this.#tellReadonly(key, control)
        continue
      }
      this.#known.of(key).dirty = control
      this.#save(key)
    }
    changed?.()
  }

  #save(key: string): void {
    const known = this.#known.of(key)
    const { dirty, hint } = known
    clearTimeout(known.timer)
    if (!dirty || this.#composing === dirty) return
    const value = readControl(dirty, this.controlsOf(key))
    if (hint?.kind !== 'held' || same(value, hint.theirs)) {
      known.saved = dirty
      this.#clean(known)
      if (hint?.kind === 'refused') this.#hint(key, undefined)
      if (!same(value, this.#state?.shared[key]?.value)) this.#set(key, value)
      return
    }
    if (known.asked) return
    const { theirs, by } = hint
    if (this.#host.conflict({ key, mine: value, theirs, by })) {
      known.asked = true
      return
    }
    known.saved = dirty
    this.#clean(known)
    this.#set(key, value)
    this.#hint(key, { ...hint, kind: 'overwritten' })
  }

  #set(key: string, value: StateValue): void {
    noteOwn(this.#known.of(key), value)
    this.#host.set(key, value)
  }

  #clean(known: Known): void {
    clearTimeout(known.timer)
    known.dirty = undefined
  }

  #entered(event: Event): void {
    const bound = this.#elements.controlOf(event)
    if (!bound) return
    const { control, key } = bound
    this.#guard.entered(control, key)
    this.#host.editing({ key, ...selectionOf(control) })
  }

  #leaving(event: Event): void {
    const bound = this.#elements.controlOf(event)
    if (!bound) return
    // Where the focus goes is known only afterwards; into another window it has not left.
    setTimeout(() => {
      if (isActive(bound.control) || !this.#abort) return
      if (!this.#host.inHint()) this.leave(bound.key)
      if (!this.#active()) this.#host.editing(null)
    })
  }

  /** The focus has gone from a control and what belongs to it: what waited is put in. */
  leave(key: string): void {
    this.#save(key)
    const known = this.#known.of(key)
    const { hint } = known
    if (!hint || STAYS.has(hint.kind) || known.dirty || isActive(hint.control)) return
    if (hint.kind === 'held') writeControl(hint.control, hint.theirs ?? null, this.controlsOf(key))
    this.#hint(key, undefined)
  }

  #active(): Element | undefined {
    const { activeElement } = this.#root.getRootNode() as Document | ShadowRoot
    return activeElement && this.#elements.has(activeElement) ? activeElement : undefined
  }

  #tellSelection(): void {
    const control = this.#active()
    for (const key of control ? this.#elements.keys : []) {
      if (control && this.controlsOf(key).includes(control))
        this.#host.editing({ key, ...selectionOf(control) })
    }
  }

  /** Those that came show what there is. */
  #elementsChanged({ added, removed }: BoundChange): void {
    for (const element of removed) {
      this.#attributes.restore(element)
      for (const known of this.#known.values()) {
        if (known.dirty === element) this.#clean(known)
        if (known.hint?.control === element) this.#hint(known.hint.key, undefined)
      }
    }
    for (const [element, key] of added) {
      const entry = this.#state?.shared[key]
      const { controls } = this.#elements.of(key)
      this.#known.of(key).entry = entry
      if (!entry) continue
      if (controls.includes(element)) writeControl(element, entry.value, controls)
      else this.#shown.show(element, entry.value, this.#host.text(entry.value))
    }
    this.#dress()
    this.#host.changed()
  }

  /** What assistive technology is told of each control. */
  #dress(): void {
    const { writable = true, descriptions } = this.#state ?? {}
    for (const key of this.#elements.keys) {
      for (const control of this.controlsOf(key)) {
        this.#attributes.set(control, 'aria-description', descriptions?.get(key))
        const readonly = !writable && mayBeReadonly(control) ? 'true' : undefined
        this.#attributes.set(control, 'aria-readonly', readonly)
      }
    }
  }
}
