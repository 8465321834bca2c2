import { afterEach, describe, expect, it, vi } from 'vitest'
import { define } from './define.ts'
import { VERSION } from './version.ts'
import manifest from '../../package.json' with { type: 'json' }

afterEach(() => vi.restoreAllMocks())

const element = (tag: string, version = '1.2.3') =>
  class extends HTMLElement {
    static readonly tag = tag
    static readonly version = version
  }

describe('define', () => {
  it('registers under the usual tag, and a second time changes nothing', () => {
    const warn = vi.spyOn(console, 'warn')
    const one = element('define-once')
    define(one)
    define(one)
    expect(customElements.get('define-once')).toBe(one)
    expect(warn).not.toHaveBeenCalled()
  })

  it('registers the same class under another tag too', () => {
    const one = element('define-first')
    define(one)
    define(one, 'define-second')
    expect(document.createElement('define-second')).toBeInstanceOf(one)
  })

  it('keeps the first of two versions and says so', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const first = element('define-twice', '1.0.0')
    define(first)
    define(element('define-twice', '1.1.0'))
    expect(customElements.get('define-twice')).toBe(first)
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce())
  })

  it('names the cure when the tag belongs to something else', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    customElements.define('define-foreign', class extends HTMLElement {})
    define(element('define-foreign'))
    await vi.waitFor(() =>
      expect(error.mock.calls[0]?.[0]).toContain("define('my-define-foreign')"),
    )
  })
})

it('the version is the package’s', () => {
  expect(VERSION).toBe(manifest.version)
})
