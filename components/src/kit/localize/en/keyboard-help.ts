/** What the table of keys says. */
export const keyboardHelp = {
  keysTitle: 'Keyboard',
  keysClose: 'Close',
  keysUpDown: 'Previous or next message',
  keysHomeEnd: 'First or latest message',
  keysEnter: 'Links and buttons of the message',
  keysEscape: 'Back to the message, then to the composer',
  keysLeave: 'Leave the messages, before or after',
  keysHelp: 'This table',
  keysSend: 'Send',
  keysNewLine: 'New line',
  keysToMessages: 'From the composer to the messages',
}
