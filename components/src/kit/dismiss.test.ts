import { afterEach, describe, expect, it } from 'vitest'
import { dismissable } from './dismiss.ts'

const shown: { element: HTMLElement; end: () => void }[] = []
const closed: string[] = []

/** Something open, that is told by its name when it is closed. */
function open(name: string): HTMLElement {
  const element = document.body.appendChild(document.createElement('div'))
  element.popover = 'manual'
  element.showPopover()
  const end = dismissable(element, () => {
    closed.push(name)
    element.hidePopover()
    end()
  })
  shown.push({ element, end })
  return element
}

/** @returns whether the press was spent, and whether what lies below heard of it */
function escape(more: KeyboardEventInit = {}) {
  let heard = false
  const below = () => (heard = true)
  document.body.addEventListener('keydown', below)
  const event = new KeyboardEvent('keydown', {
    key: 'Escape',
    bubbles: true,
    cancelable: true,
    ...more,
  })
  document.body.dispatchEvent(event)
  document.body.removeEventListener('keydown', below)
  return { spent: event.defaultPrevented, heard }
}

afterEach(() => {
  for (const { element, end } of shown.splice(0)) {
    end()
    element.remove()
  }
  closed.length = 0
})

describe('Escape', () => {
  it('closes what was opened last, and nothing else hears of the press', () => {
    open('card')
    open('tooltip')
    expect(escape()).toEqual({ spent: true, heard: false })
    expect(closed).toEqual(['tooltip'])
    expect(escape()).toEqual({ spent: true, heard: false })
    expect(closed).toEqual(['tooltip', 'card'])
  })

  it('is everybody’s where nothing is open any more', () => {
    open('card')
    escape()
    expect(escape()).toEqual({ spent: false, heard: true })
  })

  it('is not taken by what went away with its element', () => {
    open('card')
    open('tooltip').remove()
    escape()
    expect(closed).toEqual(['card'])
  })

  it.each([{ key: 'Enter' }, { isComposing: true }])('is the only key: %o', (more) => {
    open('card')
    expect(escape(more)).toEqual({ spent: false, heard: true })
    expect(closed).toEqual([])
  })
})
