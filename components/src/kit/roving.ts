/** Which arrows lead along things: those up and down, those to the sides, or all four. */
export type Axis = 'block' | 'inline' | 'both'

/** To the next thing, the one before it, or one of the ends. */
export type Move = 1 | -1 | 'first' | 'last'

export interface RoveOptions {
  /** Default `both`. */
  axis?: Axis
  /** Whether the first comes after the last. Default false. */
  wraps?: boolean
}

/** Where a key leads among things that are one stop of Tab; `undefined` where it leads nowhere. */
export function moveOf(event: KeyboardEvent, axis: Axis): Move | undefined {
  const { key, target, ctrlKey, altKey, metaKey, shiftKey } = event
  if (ctrlKey || altKey || metaKey || shiftKey) return undefined
  if (key === 'Home') return 'first'
  if (key === 'End') return 'last'
  const [, way = ''] = /^Arrow(Up|Down|Left|Right)$/.exec(key) ?? []
  const sideways = way === 'Left' || way === 'Right'
  if (!way || axis === (sideways ? 'block' : 'inline')) return undefined
  const rtl = sideways && getComputedStyle(target as Element).direction === 'rtl'
  const onwards = way === 'Down' || way === (rtl ? 'Left' : 'Right')
  return onwards ? 1 : -1
}

/**
 * Moves the focus as a key says, from the thing in which it was pressed.
 *
 * @returns whether the key did something; then it does nothing else
 */
export function rove(
  event: KeyboardEvent,
  things: readonly HTMLElement[],
  { axis = 'both', wraps = false }: RoveOptions = {},
): boolean {
  const move = moveOf(event, axis)
  const path = event.composedPath()
  const at = things.findIndex((each) => path.includes(each))
  if (!move || (at < 0 && !wraps)) return false
  const to = move === 'first' ? 0 : move === 'last' ? things.length - 1 : at + move
  // From nowhere the way back leads to the last.
  const next = wraps ? things.at(to < 0 ? -1 : to % things.length) : things[to]
  if (next) focusOn(next)
  event.preventDefault()
  return true
}

/** Puts the focus on something and shows all of it. */
export function focusOn(thing: HTMLElement): void {
  thing.focus({ preventScroll: true })
  thing.scrollIntoView({ block: 'nearest' })
}
