/** What a person chooses for themselves. */
export const options = {
  options: 'Announcements and keys',
  announceLegend: 'New messages, with a screen reader',
  announceFull: 'Read them out',
  announceSummary: 'Say how many',
  announceOff: 'Say nothing',
}
