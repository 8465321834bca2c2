import { describe, expect, it } from 'vitest'
import { initials, isEmojiOnly, PERSON_COLOURS, personColour } from './person.ts'

describe('initials', () => {
  it.each([
    ['Ann Kowalska', 'AK'],
    ['ann', 'A'],
    ['Anna Maria von Trapp', 'AT'],
    ['  (bot) helper ', 'BH'],
    ['高橋 ゆき', '高ゆ'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧F'],
    ['é̂lodie', 'É̂'],
    ['!!!', '!'],
    ['مينا حسن', 'مح'],
  ])('of %j are %j', (name, letters) => {
    expect(initials(name).replace('\u200C', '')).toBe(letters)
  })

  it('are letters and no word where letters join', () => {
    expect(initials('مينا حسن')).toBe('م\u200Cح')
  })
})

describe('personColour', () => {
  it('is the same for the same person, and one of the palette', () => {
    for (const name of ['ann', 'Ann', 'bo', '高橋', '']) {
      expect(personColour(name)).toBe(personColour(name))
      expect(personColour(name)).toBeGreaterThanOrEqual(0)
      expect(personColour(name)).toBeLessThan(PERSON_COLOURS)
    }
  })

  it('uses the whole palette about evenly', () => {
    const counts = Array.from({ length: PERSON_COLOURS }, () => 0)
    for (let index = 0; index < 1200; index++) {
      const colour = personColour(`guest-${index}`)
      counts[colour] = (counts[colour] ?? 0) + 1
    }
    expect(Math.min(...counts)).toBeGreaterThan(50)
  })
})

describe('isEmojiOnly', () => {
  it.each(['🎉', '🎉🎉 🎉', '❤️', '👩‍👩‍👧', '🇫🇷', '👍🏽'])('is so for %j', (text) =>
    expect(isEmojiOnly(text)).toBe(true),
  )
  it.each(['', ' ', 'a🎉', '🎉🎉🎉🎉', '1', '#', '12:30', '©'])('is not so for %j', (text) =>
    expect(isEmojiOnly(text)).toBe(false),
  )
})
