import type { StateValue } from '@collab-kit/protocol'

/** Names the shared value that an element shows, and changes where it is a control. */
export const BIND = 'data-collab-bind'

/**
 * - `text`: what is typed, also numbers and dates
 * - `choice`: a checkbox, a radio button or a list to choose from
 * - `plain`: an element whose text is edited (`contenteditable="plaintext-only"`)
 * - `own`: a custom element with a `value`
 * - `shown`: nothing is changed here, the value is shown
 * - `later`: a custom element that is not defined yet, so that nobody knows
 * - `never`: must not be shared, as passwords and files
 */
export type BoundKind = 'text' | 'choice' | 'plain' | 'own' | 'shown' | 'later' | 'never'

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
type Valued = HTMLElement & { value: unknown }

const NEVER = new Set(['password', 'file', 'submit', 'reset', 'button', 'image'])

export function kindOf(element: Element): BoundKind {
  if (element instanceof HTMLInputElement) {
    if (NEVER.has(element.type)) return 'never'
    if (element.type === 'hidden') return 'shown'
    return element.type === 'checkbox' || element.type === 'radio' ? 'choice' : 'text'
  }
  if (element instanceof HTMLTextAreaElement) return 'text'
  if (element instanceof HTMLSelectElement) return 'choice'
  if (element.getAttribute('contenteditable') === 'plaintext-only') return 'plain'
  // What has a text of its own to be edited cannot be told apart from how it looks.
  if (element.hasAttribute('contenteditable')) return 'never'
  if (!element.localName.includes('-')) return 'shown'
  if (element.matches(':not(:defined)')) return 'later'
  return 'value' in element ? 'own' : 'shown'
}

/** Whether people change the value with this element. */
export const isControl = (element: Element): boolean =>
  !['shown', 'later', 'never'].includes(kindOf(element))

/** Whether there is a caret, and under it nothing may be replaced. */
export const hasCaret = (element: Element): boolean =>
  element instanceof HTMLSelectElement || ['text', 'plain', 'own'].includes(kindOf(element))

/** Whether the focus is in a control; also while the window is behind another one. */
export const isActive = (control: Element): boolean =>
  (control.getRootNode() as Partial<DocumentOrShadowRoot>).activeElement === control

/**
 * The value that a control stands for: text; a number for numbers, `null` while there is none; whether it is ticked
 * for a checkbox, or which are ticked where several share a key; the one chosen among radio buttons; a list of those
 * chosen where several may be.
 *
 * @param group All controls of the same key, this one too.
 */
export function readControl(control: Element, group: readonly Element[]): StateValue {
  if (control instanceof HTMLInputElement) return readInput(control, group)
  if (control instanceof HTMLSelectElement && control.multiple)
    return [...control.selectedOptions].map(({ value }) => value)
  if (kindOf(control) === 'plain') return (control as HTMLElement).innerText.replace(/\n$/, '')
  return jsonOf((control as Valued).value)
}

function readInput(input: HTMLInputElement, group: readonly Element[]): StateValue {
  switch (input.type) {
    case 'checkbox': {
      const all = boxesOf(group, 'checkbox')
      return all.length > 1 ? all.filter(isChecked).map(({ value }) => value) : input.checked
    }
    case 'radio':
      return boxesOf(group, 'radio').find(isChecked)?.value ?? null
    case 'number':
    case 'range':
      return Number.isNaN(input.valueAsNumber) ? null : input.valueAsNumber
    default:
      return input.value
  }
}

const isChecked = ({ checked }: HTMLInputElement): boolean => checked

const boxesOf = (group: readonly Element[], type: string): HTMLInputElement[] =>
  group.filter(
    (each): each is HTMLInputElement => each instanceof HTMLInputElement && each.type === type,
  )

/** Whether a control shows this value already. */
export function shows(control: Element, value: StateValue, group: readonly Element[]): boolean {
  const own = readControl(control, group)
  return same(own, value) || (kindOf(control) === 'text' && textOfValue(own) === textOfValue(value))
}

/** Events that this module has dispatched: nobody typed them. */
const ours = new WeakSet<Event>()

/** Whether an event only tells what was written into a control from elsewhere. */
export const isOurs = (event: Event): boolean => ours.has(event)

/**
 * Puts a value into a control and tells the page, so that a framework takes it for its own state.
 * Nothing happens where the value is there already.
 */
export function writeControl(
  control: Element,
  value: StateValue,
  group: readonly Element[],
): boolean {
  if (!setControl(control, value, group)) return false
  for (const type of ['input', 'change']) {
    const event = new Event(type, { bubbles: true, composed: type === 'input' })
    ours.add(event)
    control.dispatchEvent(event)
  }
  return true
}

function setControl(control: Element, value: StateValue, group: readonly Element[]): boolean {
  if (control instanceof HTMLSelectElement) return choose(control, value)
  if (control instanceof HTMLInputElement && kindOf(control) === 'choice')
    return tick(control, value, group)
  const text = textOfValue(value)
  if (kindOf(control) === 'plain') {
    if (readControl(control, group) === text) return false
    control.textContent = text
    return true
  }
  if (kindOf(control) === 'own') {
    if (same(jsonOf((control as Valued).value), value)) return false
    ;(control as Valued).value = value
    return true
  }
  const field = control as Field
  const before = field.value
  setNative(field, 'value', text)
  // The browser may have taken it otherwise, as a colour or a number within its limits.
  return field.value !== before
}

function choose(select: HTMLSelectElement, value: StateValue): boolean {
  const wanted = new Set(Array.isArray(value) ? value.map(textOfValue) : [textOfValue(value)])
  const before = select.multiple ? '' : select.value
  if (!select.multiple) {
    setNative(select, 'value', textOfValue(value))
    return select.value !== before
  }
  let changed = false
  for (const option of select.options) {
    if (option.selected === wanted.has(option.value)) continue
    option.selected = !option.selected
    changed = true
  }
  return changed
}

function tick(box: HTMLInputElement, value: StateValue, group: readonly Element[]): boolean {
  const several = box.type === 'checkbox' && boxesOf(group, 'checkbox').length > 1
  const checked =
    box.type === 'radio'
      ? value !== null && textOfValue(value) === box.value
      : several
        ? Array.isArray(value) && value.map(textOfValue).includes(box.value)
        : value === true
  if (box.checked === checked) return false
  setNative(box, 'checked', checked)
  // React hears of a box by its click alone. This one is none of a mouse: it ticks nothing by itself.
  if ('_valueTracker' in box) {
    const click = new Event('click', { bubbles: true })
    ours.add(click)
    box.dispatchEvent(click)
  }
  return true
}

/** React puts a setter of its own on each field, by which it would take the value for one it knows. */
function setNative(field: Field, property: 'value' | 'checked', value: string | boolean): void {
  const prototype: unknown = Object.getPrototypeOf(field)
  Object.getOwnPropertyDescriptor(prototype, property)?.set?.call(field, value)
}

/** The value that the page itself gave a control. */
export function defaultOf(control: Element, group: readonly Element[]): StateValue | undefined {
  if (control instanceof HTMLInputElement && kindOf(control) === 'choice') {
    const boxes = boxesOf(group, control.type)
    const first = boxes.filter(({ defaultChecked }) => defaultChecked).map(({ value }) => value)
    if (control.type === 'radio') return first[0] ?? null
    return boxes.length > 1 ? first : control.defaultChecked
  }
  if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement)
    return control.defaultValue
  if (control instanceof HTMLSelectElement) {
    const first = [...control.options].filter(({ defaultSelected }) => defaultSelected)
    if (control.multiple) return first.map(({ value }) => value)
    return first[0]?.value ?? control.options[0]?.value ?? ''
  }
  return kindOf(control) === 'plain' ? '' : undefined
}

/** Whether two values are the same JSON. */
export function same(one: StateValue | undefined, other: StateValue | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

/** A value as a field writes it. */
export function textOfValue(value: StateValue | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** What a person calls a control: its label, else what it is named by, else the key. */
export function nameOfControl(control: Element | undefined, key: string): string {
  const labels = (control as Partial<HTMLInputElement> | undefined)?.labels
  const [label] = labels ? [...labels] : []
  const group = control?.closest('fieldset')?.querySelector('legend')
  const isBox = control instanceof HTMLInputElement && control.type === 'radio'
  const found =
    (isBox ? group?.textContent : undefined) ??
    control?.getAttribute('aria-label') ??
    label?.textContent ??
    control?.getAttribute('placeholder') ??
    undefined
  return found?.replaceAll(/\s+/g, ' ').trim() || key
}

function jsonOf(value: unknown): StateValue {
  if (value === undefined) return null
  return JSON.parse(JSON.stringify(value) ?? 'null') as StateValue
}

/** Where the caret is in a field, and how much is selected. */
export function selectionOf(control: Element): { start?: number; end?: number } {
  if (!isTextField(control)) return {}
  const { selectionStart: start, selectionEnd: end } = control
  return start === null || end === null ? {} : { start, end }
}

/** Types a text over all of another one, so that the browser can undo it. @returns whether that can be done here */
export function retype(control: Element, value: StateValue): boolean {
  if (!isTextField(control) || control.selectionStart === null || !isActive(control)) return false
  control.select()
  const text = textOfValue(value)
  // Deprecated, and the only way into the browser's own memory of what was typed.
  return document.execCommand(text ? 'insertText' : 'delete', false, text)
}

/** Whether a control has a role that may be read-only. */
export const mayBeReadonly = (control: Element): boolean =>
  !(control instanceof HTMLInputElement) ||
  !/^(radio|color|date|time|month|week)/.test(control.type)

const isTextField = (control: Element): control is HTMLInputElement | HTMLTextAreaElement =>
  control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement
