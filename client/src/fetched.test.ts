import { describe, expect, it } from 'vitest'
import { fetched } from './fetched.ts'

const failed = (message: string) => async (): Promise<string> => {
  throw new TypeError(message)
}

/** Every address that is asked, answered by `answer`. */
function asking(answer: (url: string) => Promise<string>) {
  const urls: string[] = []
  const loadFrom = (url: string) => {
    urls.push(url)
    return answer(url)
  }
  return { urls, loadFrom }
}

describe('a part that is fetched', () => {
  it('is what its import gives', async () => {
    const { urls, loadFrom } = asking(async () => 'again')
    expect(await fetched(async () => 'first', loadFrom)).toBe('first')
    expect(urls).toEqual([])
  })

  it.each([
    ['Failed to fetch dynamically imported module: https://a.example/x.js', '?again='],
    ['error loading dynamically imported module: https://a.example/x.js?v=1', '?v=1&again='],
  ])('that failed with "%s" is asked for by another address each time', async (message, query) => {
    const { urls, loadFrom } = asking(async () => 'again')
    expect(await fetched(failed(message), loadFrom)).toBe('again')
    expect(await fetched(failed(message), loadFrom)).toBe('again')
    expect(urls[0]).toContain(`https://a.example/x.js${query}`)
    expect(new Set(urls).size).toBe(2)
  })

  it.each([
    ['of which no address is known', failed('Importing a module script failed.'), 0],
    [
      'that a bundler loads',
      async () => {
        throw new Error('Loading chunk 5 failed. https://a.example/5.js')
      },
      0,
    ],
    ['that is not reached by another address either', failed('No: https://a.example/x.js'), 1],
  ])('%s is unavailable, and says why', async (_, load, asked) => {
    const { urls, loadFrom } = asking(failed('Still not.'))
    await expect(fetched<string>(load, loadFrom)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/failed|No:/) as string,
      details: { reason: 'unreachable' },
    })
    expect(urls).toHaveLength(asked)
  })
})
