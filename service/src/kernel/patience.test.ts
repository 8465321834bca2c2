import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Patience } from './patience.ts'

const never = new Promise<string>(() => {})

describe('patience', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('hands on what comes in time', async () => {
    const patience = new Patience<string>(100)
    await expect(patience.wait(Promise.resolve('here'), 'late')).resolves.toBe('here')
    await expect(patience.wait(Promise.reject(new Error('no')), 'late')).rejects.toThrow('no')
  })

  it('ends each wait when its own time is over', async () => {
    const patience = new Patience<string>(100)
    const given: string[] = []
    const wait = (name: string) =>
      void patience.wait(never, name).then((result) => given.push(result))
    wait('first')
    await vi.advanceTimersByTimeAsync(60)
    wait('second')
    await vi.advanceTimersByTimeAsync(39)
    expect(given).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(given).toEqual(['first'])
    await vi.advanceTimersByTimeAsync(60)
    expect(given).toEqual(['first', 'second'])
    wait('third')
    await vi.advanceTimersByTimeAsync(100)
    expect(given).toEqual(['first', 'second', 'third'])
  })
})
