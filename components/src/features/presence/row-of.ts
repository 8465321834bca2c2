/** The button of a person in which something happened. */
export function rowOf(target: EventTarget | null): HTMLElement | undefined {
  const row = target instanceof Element ? target.closest('[data-username]') : null
  return row instanceof HTMLElement ? row : undefined
}
