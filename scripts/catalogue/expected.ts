/** States of which every element has a story of this name. */
export const mandatory = [
  'Default',
  'Loading',
  'Empty',
  'Filled',
  'LongContent',
  'Many',
  'Readonly',
  'Offline',
  'Reconnecting',
  'AuthRequired',
  'Forbidden',
  'NotFound',
  'Error',
  'RtlMixedBidi',
  'CustomParts',
  'Slots',
  'NoJsFallback',
  'KeyboardTour',
  'ScreenReaderTranscript',
] as const

type State = (typeof mandatory)[number]

/** States that an element does not have, and why. */
export const exemptions: Record<string, Partial<Record<State, string>>> = {
  'collab-sign-in': {
    Many: 'A form has as many fields as it has.',
    Readonly: 'There is nothing to read in it: where nobody may sign in, the form is not shown.',
    Reconnecting: 'Signing in opens the first connection; none is lost before that.',
    AuthRequired: 'That is when it is shown at all: Default.',
    NotFound: 'It belongs to no chat.',
  },
  'collab-composer': {
    Many: 'It shows one text, whatever the number of messages.',
  },
  'collab-provider': {
    Many: 'It draws nothing: what it wraps does.',
    Readonly: 'Whether one may write is a matter of each chat inside.',
    NotFound: 'It belongs to no chat.',
  },
  'presence-list': {
    Readonly: 'There is nothing to write in it.',
  },
  'presence-status': {
    Many: 'It shows one person, whatever the number of others.',
    Readonly: 'What one says of oneself one may always change.',
    NotFound: 'It belongs to no place.',
    Slots: 'It has none.',
  },
  'avatar-stack': {
    Readonly: 'There is nothing to write in it.',
  },
}
