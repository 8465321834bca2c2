/** The rows are one stop of Tab; arrows go from one to the next. */
export class RowRoving {
  /** Who Tab leads to, once somebody was chosen. */
  active: string | undefined
  readonly #rows: () => HTMLElement[]

  constructor(rows: () => HTMLElement[]) {
    this.#rows = rows
  }

  /** @returns whether the key did something */
  keydown(event: KeyboardEvent): boolean {
    const { key, ctrlKey, altKey, metaKey, shiftKey } = event
    const row = rowOf(event.target)
    if (!row || ctrlKey || altKey || metaKey || shiftKey) return false
    const rows = this.#rows()
    const at = rows.indexOf(row)
    const step = stepOf(key, getComputedStyle(row).direction === 'rtl')
    const next =
      key === 'Home' ? rows[0] : key === 'End' ? rows.at(-1) : step ? rows[at + step] : undefined
    if (!next) return step !== 0
    this.focus(next)
    return true
  }

  focus(row: HTMLElement): void {
    row.focus({ preventScroll: true })
    row.scrollIntoView({ block: 'nearest' })
  }
}

function stepOf(key: string, rtl: boolean): number {
  if (key === 'ArrowDown' || key === (rtl ? 'ArrowLeft' : 'ArrowRight')) return 1
  return key === 'ArrowUp' || key === (rtl ? 'ArrowRight' : 'ArrowLeft') ? -1 : 0
}

/** The button of a person in which something happened. */
export function rowOf(target: EventTarget | null): HTMLElement | undefined {
  const row = target instanceof Element ? target.closest('[data-username]') : null
  return row instanceof HTMLElement ? row : undefined
}
