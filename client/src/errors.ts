import { CollabError } from '@collab-kit/protocol/runtime'

/** What was thrown, as an error of the contract; a mistake of ours is `internal`. */
export const toCollabError = (error: unknown): CollabError =>
  error instanceof CollabError ? error : new CollabError('internal', { cause: error })
