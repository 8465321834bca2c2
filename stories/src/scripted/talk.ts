import type { Message } from '@collab-kit/protocol'
import { seededRandom } from '@collab-kit/client/testing'
import { minutesAgo } from './clock.ts'
import { people, type PersonName } from './people.ts'

/** A message of a story: what the service fills in is left out. */
export type Line = Partial<Message> & { sender: string; body: string; createdAt: string }

type Spoken = readonly [minutes: number, sender: PersonName, body: string]

const lines = (spoken: readonly Spoken[]): Line[] =>
  spoken.map(([minutes, sender, body]) => ({ sender, body, createdAt: minutesAgo(minutes) }))

/** A day and a half in the life of a small team. */
export const teamTalk: readonly Line[] = lines([
  [
    1560,
    'ben',
    'Morning! The new onboarding flow is on staging: https://staging.example.com/onboarding?step=2',
  ],
  [1559, 'ben', 'Would love a second pair of eyes on the empty states.'],
  [1548, 'ann', 'On it. First impression: much calmer than before.'],
  [1547, 'ann', 'The illustration on step 3 is lovely 👏'],
  [
    1543,
    'chidi',
    'Agreed. One thing: the button says “Continue” twice in a row, maybe name the next step instead?',
  ],
  [95, 'yuki', 'おはようございます。日本語の文言も入れました。'],
  [94, 'mina', 'رائع! سأراجع النسخة العربية اليوم، مع الأرقام 12:30.'],
  [62, 'ben', 'Perfect timing'],
  [61, 'ben', '🎉'],
  [
    40,
    'ann',
    'I’ve written up what we agreed:\n\n1. Name the next step on the button\n2. Keep the illustration\n3. Ship on Tuesday',
  ],
  [39, 'ann', 'Anything missing?'],
  [12, 'chidi', 'Looks complete to me.'],
  [
    11,
    'chidi',
    'I can take the first one this afternoon, it touches only one file and the copy is already in the sheet that Ben shared last week (mailto:copy@example.com if you need access).',
  ],
  [4, 'ben', 'Great, thank you both!'],
  [2, 'ann', 'Then let’s do it 🚀'],
])

/** Texts nobody plans for. */
export const longTalk: readonly Line[] = lines([
  [30, 'ben', 'W'.repeat(400)],
  [29, 'maximiliane', `https://example.com/${'path/'.repeat(40)}?query=${'x'.repeat(80)}`],
  [
    28,
    'maximiliane',
    Array.from(
      { length: 14 },
      (_, index) => `Paragraph ${index + 1} of a message that somebody wrote on a long train ride.`,
    ).join('\n\n'),
  ],
  [20, 'ann', `https://example.com/${'path/'.repeat(20)}`],
  [19, 'ann', 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'],
  [3, 'chidi', '👩‍👩‍👧‍👦👍🏽🇳🇬🧑🏽‍🚀'],
])

/** Both directions in one talk, in one message and in one name. */
export const mixedTalk: readonly Line[] = lines([
  [60, 'mina', 'مرحبا! الاجتماع في 14:30 في غرفة "Blue Room" كالعادة.'],
  [58, 'ben', 'See you there. مينا said it is room B-12 (not B-21)!'],
  [55, 'noa', 'הקישור החדש: https://example.com/מסמך?id=42 – תסתכלו בבקשה.'],
  [54, 'noa', 'C++ ו־C# שניהם בסדר.'],
  [40, 'ann', 'Thanks נועה – I read it on the train.'],
  [39, 'ann', 'شكرا 🙏'],
  [8, 'mina', 'السعر 1,250.00$ (خصم 10%).'],
])

/** Messages that were changed and taken back. */
export const correctedTalk: readonly Line[] = [
  ...lines([[50, 'ben', 'The demo is on Thursday at 10.']]),
  {
    sender: 'ben',
    body: 'Correction: Thursday at 11.',
    createdAt: minutesAgo(48),
    editedAt: minutesAgo(47),
  },
  { sender: 'chidi', body: '', createdAt: minutesAgo(30), deletedAt: minutesAgo(29) },
  ...lines([[28, 'chidi', 'Wrong window, sorry.']]),
  {
    sender: 'ann',
    body: 'No problem. I have put it in the calendar.',
    createdAt: minutesAgo(20),
    editedAt: minutesAgo(18),
  },
  { sender: 'ann', body: '', createdAt: minutesAgo(6), deletedAt: minutesAgo(5) },
]

const WORDS =
  'the a build test page chat works again today please look at this one when you have time thanks done shipped review draft note idea plan'.split(
    ' ',
  )

/** Message `number` of a talk without an end: the same words every time. */
export function numberedLine(number: number, count: number): Line {
  const random = seededRandom(number)
  const { username } = people[Math.floor(random() * 3)] ?? people[0]
  const words = Array.from({ length: 3 + Math.floor(random() * 22) }, () =>
    String(WORDS[Math.floor(random() * WORDS.length)]),
  )
  return {
    sender: username,
    body: `${number}: ${words.join(' ')}.`,
    createdAt: minutesAgo((count - number) * 3),
  }
}

/** The first `count` of them. */
export const numberedTalk = (count: number): Line[] =>
  Array.from({ length: count }, (_, index) => numberedLine(index + 1, count))
