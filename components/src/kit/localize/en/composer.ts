/** What `<collab-composer>` says beside what a chat says. */
export const composer = {
  signInToWrite: 'Sign in to write.',
  messageMissing: 'Write a message.',
}
