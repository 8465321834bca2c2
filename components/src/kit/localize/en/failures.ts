import type { Formats } from '../formats.ts'

/** What is said of a message that was not sent. */
export const failures = {
  failedBecause: (_f: Formats, reason: string) => `Not sent. ${reason}`,
  retry: 'Retry',
  discard: 'Delete',
  retryMessage: (_f: Formats, body: string) => `Retry ${body}`,
  discardMessage: (_f: Formats, body: string) => `Delete ${body}`,
  error_too_large: 'It is too long.',
  error_forbidden: 'You are not allowed to write here.',
  error_not_found: 'The chat is gone.',
  error_invalid_payload: 'The service did not accept it.',
}
