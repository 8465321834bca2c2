import { version } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, inject, it, vi } from 'vitest'
import { HTML, Page } from './testing/page.tsx'

it('a server renders the page without a DOM, a warning or anything that lives on', () => {
  expect(globalThis).not.toHaveProperty('document')
  expect(version.split('.')[0]).toBe(inject('reactMajor'))
  vi.useFakeTimers()
  const complain = vi.spyOn(console, 'error')
  expect(renderToString(<Page />)).toBe(HTML)
  expect(renderToString(<Page />)).toBe(HTML)
  expect(complain).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})
