// Every text a person can see or hear. Whole sentences, never pieces to put together; a text with values is a function
// whose first parameter formats them. Names and the like arrive isolated: they cannot turn a sentence around.
// The service speaks in codes: the sentences for them begin with "error_".
// A new text goes into the other languages too (de.ts, ar.ts, ja.ts); one that is missing does not compile.
export const shared = {
  tryAgain: 'Try again',
  loadingSignIn: 'Loading sign-in…',
}
