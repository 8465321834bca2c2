import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { bind, unbindAll } from '../../../demo/bound-page.ts'
import { SAVE_AFTER_MS } from './binding.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  unbindAll()
  vi.useRealTimers()
})
const pass = (milliseconds = SAVE_AFTER_MS) => vi.advanceTimersByTime(milliseconds)
const TITLE = '<input data-collab-bind="title" value="own">'

describe('a bound control', () => {
  it('keeps what the page gave it until there is a shared value', () => {
    const { one, hear } = bind(TITLE)
    expect(one('input').value).toBe('own')
    hear('title', 'theirs')
    expect(one('input').value).toBe('theirs')
  })

  it('is as the page had it once the key is gone', () => {
    const { one, hear, forget } = bind(TITLE)
    hear('title', 'theirs')
    forget()
    expect(one('input').value).toBe('own')
  })

  it('saves what was typed after a pause, and once', async () => {
    const { one, saved } = bind(TITLE)
    one('input').focus()
    one('input').select()
    await userEvent.keyboard('abc')
    expect(saved).toEqual([])
    pass(SAVE_AFTER_MS - 1)
    expect(saved).toEqual([])
    pass(1)
    expect(saved).toEqual([['title', 'abc']])
  })

  it('saves at once when it is left', async () => {
    const { one, saved } = bind(TITLE)
    one('input').focus()
    await userEvent.keyboard('{End}1')
    one('input').blur()
    pass(0)
    expect(saved).toEqual([['title', 'own1']])
  })

  it('saves nothing while a text is being composed', () => {
    const { one, saved } = bind(TITLE)
    const input = one('input')
    const fire = (type: string) => input.dispatchEvent(new Event(type, { bubbles: true }))
    fire('compositionstart')
    input.value = 'か'
    fire('input')
    pass(1000)
    expect(saved).toEqual([])
    input.value = '花'
    fire('compositionend')
    pass()
    expect(saved).toEqual([['title', '花']])
  })

  it.each([
    ['<input type="checkbox" data-collab-bind="k">', true],
    ['<input type="number" data-collab-bind="k">', 7.5],
    ['<input type="range" data-collab-bind="k">', 30],
    ['<input type="date" data-collab-bind="k">', '2026-11-22'],
    ['<input type="color" data-collab-bind="k">', '#0f766e'],
    ['<textarea data-collab-bind="k"></textarea>', 'two\nlines'],
    ['<select data-collab-bind="k"><option>a<option>b</select>', 'b'],
    ['<select multiple data-collab-bind="k"><option>a<option>b<option>c</select>', ['a', 'c']],
    ['<p contenteditable="plaintext-only" data-collab-bind="k"></p>', 'a text'],
    [
      '<input type="radio" name="r" value="a" data-collab-bind="k"><input type="radio" name="r" value="b" data-collab-bind="k">',
      'b',
    ],
    [
      '<input type="checkbox" value="a" data-collab-bind="k"><input type="checkbox" value="b" data-collab-bind="k">',
      ['b'],
    ],
  ])('%s shows a value and reads the same again', (markup, value) => {
    const { root, hear, saved, one } = bind(markup)
    const heard: string[] = []
    root.addEventListener('input', ({ type }) => heard.push(type))
    hear('k', value)
    expect(heard.length).toBeGreaterThan(0)
    expect(saved).toEqual([])
    hear('k', '')
    saved.length = 0
    hear('k', value)
    // Somebody touches it: what is read is what was heard, and there is nothing to save.
    one('[data-collab-bind]:last-of-type').dispatchEvent(new Event('change', { bubbles: true }))
    pass()
    expect(saved).toEqual([])
  })

  it.each(['password', 'file'])('of the kind %s is never shared', (type) => {
    const { binding, hear, one } = bind(`<input type="${type}" data-collab-bind="k">`)
    hear('k', 'secret')
    expect(one('input').value).toBe('')
    expect(binding.controlsOf('k')).toEqual([])
  })

  it('saves a tick at once', async () => {
    const { one, saved } = bind('<input type="checkbox" data-collab-bind="ready">')
    await userEvent.click(one('input'))
    expect(saved).toEqual([['ready', true]])
  })

  it('saves what a reset of its form has put into it', () => {
    const { one, saved, hear } = bind(`<form>${TITLE}</form>`)
    hear('title', 'theirs')
    one<HTMLFormElement>('form').reset()
    pass(0)
    expect(saved).toEqual([['title', 'own']])
  })

  it('is as it was where the page does not let its form be reset', () => {
    const { one, saved, hear } = bind(`<form>${TITLE}</form>`)
    hear('title', 'theirs')
    one('form').addEventListener('reset', (event) => event.preventDefault())
    one('input').value = 'typed'
    one<HTMLFormElement>('form').reset()
    pass(0)
    expect([one('input').value, saved]).toEqual(['typed', []])
  })

  it('that is not defined yet keeps its content, and is bound once it is', async () => {
    const name = 'test-later-field'
    const { one, hear, saved } = bind(`<${name} data-collab-bind="k"><b>Own</b></${name}>`)
    hear('k', 'theirs')
    expect(one(name).innerHTML).toBe('<b>Own</b>')
    customElements.define(
      name,
      class extends HTMLElement {
        value = ''
      },
    )
    await vi.waitFor(() => expect((one(name) as HTMLInputElement).value).toBe('theirs'))
    expect([one(name).innerHTML, saved]).toEqual(['<b>Own</b>', []])
  })

  it('that a framework adds later shows what there is', async () => {
    const { root, hear } = bind('')
    hear('title', 'theirs')
    root.innerHTML = `<p>${TITLE}</p>`
    await vi.waitFor(() => expect(root.querySelector('input')?.value).toBe('theirs'))
  })

  it('tells a framework that keeps the value itself', () => {
    const { one, hear } = bind('<input type="checkbox" data-collab-bind="k">')
    const box = one('input')
    const ticks: boolean[] = []
    // As React does: a setter of its own on the element, and an ear for clicks.
    Object.assign(box, { _valueTracker: {} })
    Object.defineProperty(box, 'checked', { configurable: true, set: () => {}, get: () => false })
    box.addEventListener('click', () => {
      Reflect.deleteProperty(box, 'checked')
      ticks.push(box.checked)
    })
    hear('k', true)
    expect(ticks).toEqual([true])
  })

  it('of a room within another belongs to that one', () => {
    const { binding } = bind(`<div>${TITLE}</div>`)
    expect(binding.controlsOf('title')).toEqual([])
  })
})

describe('other elements', () => {
  it('show the value as a text', () => {
    const { one, hear } = bind(
      '<output data-collab-bind="k"></output><span data-collab-bind="k"></span>',
    )
    hear('k', ['a', 'b'])
    expect(one<HTMLOutputElement>('output').value).toBe('a, b')
    expect(one('span').textContent).toBe('a, b')
  })

  it('are as the page had them once the key is gone', () => {
    const { root, hear, forget } = bind(`<p data-collab-bind="k"><i>none</i> yet</p>
      <output data-collab-bind="k">–</output><progress value="0.5" data-collab-bind="k"></progress>
      <meter data-collab-bind="k"></meter><input type="hidden" value="own" data-collab-bind="k">`)
    const before = root.innerHTML
    const first = root.querySelector('i')
    hear('k', 1)
    hear('k', 2)
    expect(root.querySelector('p')?.textContent).toBe('2')
    forget()
    expect(root.innerHTML).toBe(before)
    expect(root.querySelector('i')).toBe(first)
    expect(root.querySelector('input')?.value).toBe('own')
  })

  it('show how far something is', () => {
    const { one, hear } = bind('<progress max="10" data-collab-bind="k"></progress>')
    hear('k', 4)
    expect(one<HTMLProgressElement>('progress').value).toBe(4)
  })
})

describe('while a control has the focus', () => {
  const writing = async (markup = TITLE) => {
    const bound = bind(markup)
    bound.hear('title', 'start')
    bound.one('[data-collab-bind]').focus()
    return bound
  }

  it('[A11Y-65] nothing is replaced in it, and what was written waits beside it', async () => {
    const { one, hear, binding } = await writing()
    hear('title', 'theirs')
    expect(one('input').value).toBe('start')
    expect(binding.hints).toMatchObject([{ kind: 'held', theirs: 'theirs', by: 'bo' }])
  })

  it('[A11Y-65] another control of the same key shows it at once', async () => {
    const { root, hear } = await writing(`${TITLE}<textarea data-collab-bind="title"></textarea>`)
    hear('title', 'theirs')
    expect(root.querySelector('textarea')?.value).toBe('theirs')
    expect(root.querySelector('input')?.value).toBe('start')
  })

  it('what waits is put in when it is left as it was', async () => {
    const { one, hear, binding } = await writing()
    hear('title', 'theirs')
    one('input').blur()
    pass(0)
    expect(one('input').value).toBe('theirs')
    expect(binding.hints).toEqual([])
  })

  it('one’s own values on their way back are nobody’s change', async () => {
    const { confirm, binding, saved, one } = await writing()
    await userEvent.keyboard('{End}1')
    pass()
    await userEvent.keyboard('2')
    confirm('title')
    expect(binding.hints).toEqual([])
    pass()
    expect(saved).toEqual([
      ['title', 'start1'],
      ['title', 'start12'],
    ])
    expect(one('input').value).toBe('start12')
  })

  it('writing over somebody else’s change is a conflict, told once', async () => {
    const { hear, conflicts, saved, binding } = await writing()
    hear('title', 'theirs')
    await userEvent.keyboard('{End}!')
    pass()
    await userEvent.keyboard('!')
    pass()
    expect(conflicts).toEqual([{ key: 'title', mine: 'start!', theirs: 'theirs', by: 'bo' }])
    expect(saved.map(([, value]) => value)).toEqual(['start!', 'start!!'])
    expect(binding.hints).toMatchObject([{ kind: 'overwritten', theirs: 'theirs' }])
  })

  it('a conflict that the page takes over is decided by the page', async () => {
    const { hear, page, saved, binding, one } = await writing()
    page.prevents = true
    hear('title', 'theirs')
    await userEvent.keyboard('{End}!')
    pass()
    expect(saved).toEqual([])
    expect(binding.resolve('title', 'theirs')).toBe(true)
    expect(one('input').value).toBe('theirs')
    expect(binding.resolve('title', 'mine')).toBe(false)
  })

  it('theirs is taken by choice, and can be undone', async () => {
    const { hear, binding, one } = await writing()
    await userEvent.keyboard('{End}!')
    pass()
    hear('title', 'theirs')
    binding.useTheirs('title')
    expect(one('input').value).toBe('theirs')
    expect(binding.hints).toEqual([])
    await userEvent.keyboard('{Control>}z{/Control}')
    expect(one('input').value).toBe('start!')
  })

  it('mine is kept by choice', async () => {
    const { hear, binding, saved, conflicts } = await writing()
    hear('title', 'theirs')
    binding.keepMine('title')
    expect(saved).toEqual([['title', 'start']])
    expect(conflicts).toEqual([])
  })

  it('others are told which field it is, and what is selected', async () => {
    const { editing, one } = await writing()
    one('input').setSelectionRange(1, 3)
    await vi.waitFor(() => expect(editing.at(-1)).toEqual({ key: 'title', start: 1, end: 3 }))
    one('input').blur()
    pass(0)
    expect(editing.at(-1)).toBeNull()
  })
})

describe('a page', () => {
  it('that may change nothing says so once for as long as a key is held down', async () => {
    const { one, binding, follow } = bind(TITLE)
    follow({ writable: false })
    one('input').focus()
    await userEvent.keyboard('x')
    const [first] = binding.hints
    expect(first).toMatchObject({ kind: 'readonly' })
    await userEvent.keyboard('xxx')
    expect(binding.hints).toEqual([first])
    expect(binding.hints[0]).toBe(first)
  })

  it('that may change nothing resets nothing for everybody', () => {
    const { one, hear, saved, binding, follow } = bind(
      `<form>${TITLE}<input type="checkbox" data-collab-bind="ready"></form>`,
    )
    hear('title', 'theirs')
    hear('ready', true)
    follow({ writable: false })
    one<HTMLFormElement>('form').reset()
    pass(0)
    expect([one('input').value, one('[type=checkbox]').checked]).toEqual(['theirs', true])
    expect(saved).toEqual([])
    expect(binding.hints).toMatchObject([{ kind: 'readonly', key: 'title' }])
  })

  it('that may change nothing keeps its values, and says so at the first try', async () => {
    const { one, hear, saved, binding, follow } = bind(
      `${TITLE}<input type="checkbox" data-collab-bind="ready">`,
    )
    follow({ writable: false })
    hear('title', 'theirs')
    expect(one('input').getAttribute('aria-readonly')).toBe('true')
    one('input').focus()
    await userEvent.keyboard('x')
    await userEvent.click(one('[type=checkbox]'))
    pass()
    expect(one('input').value).toBe('theirs')
    expect(one('[type=checkbox]').checked).toBe(false)
    expect(saved).toEqual([])
    expect(binding.hints.map(({ kind }) => kind)).toContain('readonly')
    follow({ writable: true })
    expect(one('input').hasAttribute('aria-readonly')).toBe(false)
  })

  it('has its own attributes again in the end', () => {
    const { root, binding, follow, one } = bind(
      `${TITLE}<input id="b" aria-description="of the page" data-collab-bind="other">`,
    )
    const before = root.innerHTML
    const told = new Map([
      ['title', 'Being edited by Bo'],
      ['other', 'Being edited by Bo'],
    ])
    follow({ descriptions: told })
    expect(one('input').getAttribute('aria-description')).toBe('Being edited by Bo')
    expect(one('#b').getAttribute('aria-description')).toBe('of the page')
    binding.disconnect()
    expect(root.innerHTML).toBe(before)
  })
})
