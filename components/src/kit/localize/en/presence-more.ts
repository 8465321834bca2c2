import type { Formats } from '../formats.ts'

/** What stands in the place of people, on their cards, and is said of them. */
export const presenceMore = {
  noTargetTitle: 'Nobody is chosen',
  noTarget:
    'Set one attribute of this element: contacts, chat-id, activity-type with activity-id, or usernames.',
  noPresenceServiceTitle: 'There is no address',
  noPresenceService:
    'Set the attribute service-url of this element to the address of your service.',
  presenceForbiddenTitle: 'You can’t see who is here',
  presenceForbidden: 'Ask someone who belongs here to add you.',
  presenceRefusedTitle: 'Who is here can’t be shown',
  presenceRefused: 'The service did not answer as it should.',
  presenceSignInTitle: 'Sign in to see who is here',
  presenceSignInAgainTitle: 'Your session has ended',
  presenceSignInAgain: 'Reload the page, or try again.',
  showAudience: 'Show people',
  audienceMore: 'Show more',
  audienceText: 'Too many to follow one by one. The number is live.',
  actionsFor: (_f: Formats, name: string) => `Actions for ${name}`,
  closeCard: 'Close',
  lastSeenAt: (_f: Formats, at: string) => `Last seen ${at}`,
  someoneCame: (_f: Formats, name: string) => `${name} came.`,
  someoneLeft: (_f: Formats, name: string) => `${name} left.`,
  severalCame: (f: Formats, count: number) =>
    f.plural(count, { one: '# person came.', other: '# people came.' }),
  severalLeft: (f: Formats, count: number) =>
    f.plural(count, { one: '# person left.', other: '# people left.' }),
  peopleCount: (f: Formats, count: number) =>
    f.plural(count, { one: '# person', other: '# people' }),
  /** Both numbers as they are read, as “1,234”. */
  audienceOf: (_f: Formats, online: string, total: string) => `${online} of ${total} here`,
  onlyYou: 'Only you are here',
  onlyYouText: 'Others show up as they come.',
  nobodyOnline: 'Nobody is online',
  nobodyOnlineText: 'You see them here as soon as they are.',
  noContacts: 'No contacts yet',
  noContactsText: 'People you add show up here.',
  searchPeople: 'Search people',
  nobodyFound: (_f: Formats, query: string) => `Nobody by the name ${query}`,
}
