/** What any request may come back with; fetched with what tells it. */
export const errors = {
  error_rate_limited: 'Too many tries in a short time. Wait a moment, then try again.',
  error_unavailable: 'The service can’t be reached right now. Check your connection and try again.',
  error_other: 'Something went wrong. Try again.',
}
