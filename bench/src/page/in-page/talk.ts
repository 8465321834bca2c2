/** Lines of a real day of talk; the build puts them in. */
declare const TEXTS: readonly string[]

export interface Person {
  username: string
  displayName: string
}

/** Those who talk beside oneself. */
export const PEOPLE: readonly Person[] = [
  'Bo Lindqvist',
  'Chidi Okafor',
  'Mina Hassan',
  'Yuki Takahashi',
  'Ines Duarte',
  'Omar Haddad',
  'Lena Vogel',
  'Ravi Menon',
  'Sofia Rossi',
  'Tomás Vega',
  'Wanjiru Kamau',
  'Zoë Peeters',
].map((displayName) => ({
  username: displayName.split(' ')[0]!.normalize('NFD').replaceAll(/\W/g, '').toLowerCase(),
  displayName,
}))

/** People write up to three messages in a row, and every eighth time it is oneself. */
export function senderOf(number: number): string {
  const turn = Math.floor(number / 3)
  return turn % 8 === 3 ? 'ann' : PEOPLE[(turn * 5) % PEOPLE.length]!.username
}

/** Ends in what no other message holds. */
export const bodyOf = (number: number): string =>
  `${TEXTS[number % TEXTS.length]} ${markOf(number)}`

export const markOf = (number: number): string => `№${number}.`
