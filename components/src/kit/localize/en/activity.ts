import type { Formats } from '../formats.ts'

/** What `<activity-room>` says. */
export const activity = {
  roomLabel: 'Shared activity',
  roomJoining: 'Joining…',
  roomWatching: 'You are watching',
  roomReadonly: 'View only',
  roomPeople: 'Where everyone is',
  roomPeopleHere: (f: Formats, count: number) =>
    f.plural(count, { one: '# person here', other: '# people here' }),
  roomOnlyYou: 'Only you are here. Others show up as they come.',
  roomYou: (_f: Formats, name: string) => `${name} (you)`,
  roomSidebar: 'Sidebar',
  roomClose: 'Close',

  // What somebody does
  doesEdit: (_f: Formats, field: string) => `Editing ${field}`,
  doesFollow: (_f: Formats, name: string) => `Following ${name}`,
  doesFollowYou: 'Following you',
  doesPoint: (_f: Formats, place: string) => `At ${place}`,
  doesWatch: 'Watching',
  doesNothing: 'Here',

  // Following
  follow: 'Follow',
  followPerson: (_f: Formats, name: string) => `Follow ${name}`,
  following: (_f: Formats, name: string) => `Following ${name}`,
  stopFollowing: 'Stop',
  stopFollowingPerson: (_f: Formats, name: string) => `Stop following ${name}`,
  followers: (f: Formats, count: number) =>
    f.plural(count, { one: '# person follows you', other: '# people follow you' }),
  sayFollowing: (_f: Formats, name: string) => `Following ${name}. Escape stops it.`,
  sayStopped: (_f: Formats, name: string) => `No longer following ${name}.`,
  sayLeaderLeft: (_f: Formats, name: string) => `${name} has left. You follow nobody now.`,

  // Fields that several people fill in
  fieldEditors: (_f: Formats, names: string) => `Being edited by ${names}`,
  fieldHeld: (_f: Formats, name: string) => `${name} changed this to:`,
  fieldHeldByYou: 'You changed this in another place to:',
  fieldReplaced: (_f: Formats, name: string) => `Your change replaced what ${name} wrote:`,
  fieldReplacedYours: 'Your change replaced what you wrote in another place:',
  fieldHeldMeanwhile: 'This was changed meanwhile to:',
  fieldReplacedMeanwhile: 'Your change replaced what was written meanwhile:',
  fieldRefused: 'Your change was not saved. Others see:',
  fieldReadonly: 'You can read this, but not change it.',
  fieldEmpty: 'empty',
  fieldOn: 'on',
  fieldOff: 'off',
  useTheirs: 'Use theirs',
  keepMine: 'Keep mine',
  sayHeld: (_f: Formats, name: string, value: string) =>
    `${name} changed this field to ${value}. Alt+Shift+U leads to the choice.`,
  sayHeldByYou: (_f: Formats, value: string) =>
    `You changed this field in another place to ${value}. Alt+Shift+U leads to the choice.`,
  sayHeldMeanwhile: (_f: Formats, value: string) =>
    `This field was changed meanwhile to ${value}. Alt+Shift+U leads to the choice.`,
  sayRefused: (_f: Formats, field: string) =>
    `Your change of ${field} was not saved. Alt+Shift+U leads to the choice.`,

  // Who comes and goes
  sayJoined: (_f: Formats, names: string) => `Joined: ${names}`,
  sayLeft: (_f: Formats, names: string) => `Left: ${names}`,

  // How things are
  roomReconnecting: 'Connection lost. Reconnecting…',
  roomOffline: 'You’re offline. Your changes are sent when you’re back.',
  roomBack: 'Connected again',
  roomGone: 'You are not in this activity any more.',
  roomFullTitle: 'There is no room right now',
  roomFull: 'You come in by yourself as soon as someone leaves.',
  roomForbiddenTitle: 'You can’t open this activity',
  roomForbidden: 'Ask whoever runs it to let you in.',
  roomNotFoundTitle: 'There is no such activity',
  roomNotFound: 'It may have ended, or it is private.',
  roomRefusedTitle: 'The activity can’t be opened',
  roomRefused: 'The service refused it.',
  roomUnknownPageTitle: 'This page is not allowed here yet',
  roomUnknownPage:
    'The service does not know this page. Its operator has to add this origin to allowedOrigins:',
  roomNoServiceTitle: 'The activity has no address',
  roomNoService: 'Set the attribute service-url of this element to the address of your service.',
  roomNoActivityTitle: 'No activity is chosen',
  roomNoActivity: 'Set the attributes activity-type and activity-id of this element.',
  roomSignInAgainTitle: 'Your session has ended',
  roomSignInAgain: 'Reload the page, or try again.',
  roomCode: (_f: Formats, code: string) => `Code: ${code}`,
  roomRemovedTitle: 'You were removed',
  roomRemoved: 'Whoever runs this activity took you out of it.',
  roomRightLost: 'You are not allowed to be here any more.',
  roomReason: (_f: Formats, reason: string) => `Reason: ${reason}`,
  roomJoinAgain: 'Join again',
  roomEndedTitle: 'This has ended',
  roomEnded: 'The activity is over. What you see is how it was last.',
}
