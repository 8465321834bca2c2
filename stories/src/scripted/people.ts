import type { User } from '@collab-kit/protocol'

/** Who is signed in, unless a story says otherwise. */
export const ME = 'ann'

/** Everybody who appears in the stories. */
export const people = [
  { username: 'ann', displayName: 'Ann Kowalska', guest: false },
  { username: 'ben', displayName: 'Ben Lindqvist', guest: false },
  { username: 'chidi', displayName: 'Chidi Okafor', guest: false },
  { username: 'mina', displayName: 'مينا حسن', guest: true },
  { username: 'noa', displayName: 'נועה לוי', guest: false },
  { username: 'yuki', displayName: '高橋 ゆき', guest: false },
  {
    username: 'maximiliane',
    displayName: 'Maximiliane Friederike von Hohenstein-Wittelsbach',
    guest: false,
  },
] as const satisfies readonly User[]

/** Username of somebody in the stories. */
export type PersonName = (typeof people)[number]['username']
