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

describe('what the service does not take', () => {
  const refused = async (markup = TITLE) => {
    const bound = bind(markup)
    bound.hear('title', 'start')
    bound.one('[data-collab-bind]').focus()
    await userEvent.keyboard('{End}!')
    pass()
    bound.refuse('title', { value: 'start', version: 1, by: 'bo' })
    return bound
  }
  const HINT = { kind: 'refused', theirs: 'start', by: 'bo' }

  it('stays where it was written, with what is there instead', async () => {
    const { one, binding, saved } = await refused()
    expect([one('input').value, binding.hints]).toMatchObject(['start!', [HINT]])
    one('input').blur()
    pass(0)
    expect([one('input').value, binding.hints]).toMatchObject(['start!', [HINT]])
    binding.useTheirs('title')
    expect([one('input').value, binding.hints]).toEqual(['start', []])
    expect(saved).toEqual([['title', 'start!']])
  })

  it('is shown nowhere else', async () => {
    const { root } = await refused(`${TITLE}<output data-collab-bind="title"></output>`)
    expect(root.querySelector('output')?.value).toBe('start')
  })

  it('is told no more once something else is written', async () => {
    const { binding, follow, saved } = await refused()
    await userEvent.keyboard('{Backspace}?')
    pass()
    follow({ refused: {} })
    expect([binding.hints, saved.at(-1)]).toEqual([[], ['title', 'start?']])
  })

  it('waits beside what somebody else writes then', async () => {
    const { one, binding, follow, hear } = await refused()
    one('input').blur()
    pass(0)
    follow({ refused: {}, shared: { title: { value: 'theirs', version: 2, by: 'bo' } } })
    expect(one('input').value).toBe('start!')
    expect(binding.hints).toMatchObject([{ kind: 'held', theirs: 'theirs' }])
    hear('title', 'start!')
    expect(binding.hints).toEqual([])
  })

  it('is no tick', () => {
    const { one, binding, refuse } = bind('<input type="checkbox" data-collab-bind="k">')
    one('input').click()
    refuse('k')
    expect(one('input').checked).toBe(false)
    expect(binding.hints).toMatchObject([{ kind: 'refused' }])
  })
})
