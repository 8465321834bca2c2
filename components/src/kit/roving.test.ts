import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rove, type RoveOptions } from './roving.ts'

let box: HTMLElement
let things: HTMLElement[]

beforeEach(() => {
  box = document.body.appendChild(document.createElement('div'))
  box.innerHTML = '<button>0</button><button>1</button><button>2</button>'
  things = [...box.querySelectorAll('button')]
})
afterEach(() => box.remove())

/** Presses keys from a thing on, and tells where the focus is then; `!` where a press was left to the page. */
function press(from: number, keys: string, options: RoveOptions = {}): string {
  const start = things[from] ?? box
  start.focus()
  let left = ''
  for (const key of keys.split(' ')) {
    const target = things.find((each) => each === document.activeElement) ?? start
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
    box.addEventListener('keydown', (each) => rove(each, things, options), { once: true })
    target.dispatchEvent(event)
    if (!event.defaultPrevented) left += '!'
  }
  return things.findIndex((each) => each === document.activeElement) + left
}

describe('arrows', () => {
  it.each([
    { from: 0, keys: 'ArrowDown ArrowRight', options: {}, to: '2' },
    { from: 2, keys: 'ArrowUp ArrowLeft', options: {}, to: '0' },
    { from: 2, keys: 'ArrowDown', options: {}, to: '2' },
    { from: 0, keys: 'End', options: {}, to: '2' },
    { from: 2, keys: 'Home', options: {}, to: '0' },
    { from: 0, keys: 'ArrowDown', options: { axis: 'inline' }, to: '0!' },
    { from: 0, keys: 'ArrowRight', options: { axis: 'block' }, to: '0!' },
    { from: 2, keys: 'ArrowDown', options: { wraps: true }, to: '0' },
    { from: 0, keys: 'ArrowUp', options: { wraps: true }, to: '2' },
    { from: 1, keys: 'a', options: {}, to: '1!' },
  ] as const)('from $from, $keys with $options lead to $to', ({ from, keys, options, to }) => {
    expect(press(from, keys, options)).toBe(to)
  })

  it('lead the other way where text runs from right to left', () => {
    box.dir = 'rtl'
    expect(press(0, 'ArrowLeft')).toBe('1')
    expect(press(1, 'ArrowRight')).toBe('0')
    expect(press(0, 'ArrowDown')).toBe('1')
  })

  it('lead in from outside only where they go around', () => {
    box.tabIndex = -1
    expect(press(-1, 'ArrowDown')).toBe('-1!')
    expect(press(-1, 'ArrowDown', { wraps: true })).toBe('0')
    expect(press(-1, 'ArrowUp', { wraps: true })).toBe('2')
  })

  it.each(['ctrlKey', 'altKey', 'metaKey', 'shiftKey'])('are the page’s with %s', (modifier) => {
    const event = new KeyboardEvent('keydown', { key: 'End', cancelable: true, [modifier]: true })
    expect(rove(event, things)).toBe(false)
    expect(event.defaultPrevented).toBe(false)
  })
})
