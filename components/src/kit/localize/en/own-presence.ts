import type { Formats } from '../formats.ts'

/** What one says of oneself. */
export const ownPresence = {
  statusInvisible: 'Invisible',
  invisibleHint: 'You appear offline to everybody else.',
  dndHint: 'Others see that you do not want to be disturbed.',
  yourStatus: 'Your status',
  chooseStatus: 'How you are here',
  statusText: 'Status text',
  statusPlaceholder: 'What you’re up to',
  clearAfter: 'Clear after',
  after30min: '30 minutes',
  after1h: '1 hour',
  after4h: '4 hours',
  afterToday: 'Today',
  afterNever: 'Don’t clear',
  saveStatus: 'Save',
  clearStatus: 'Clear status',
  clearsAt: (_f: Formats, at: string) => `Until ${at}`,
  statusFailed: 'Your status was not changed. Try again.',
  statusTooLong: (f: Formats, most: number) =>
    f.plural(most, { one: 'Use at most # character.', other: 'Use at most # characters.' }),
  presenceUnknown: 'Not connected',
}
