import type { Appliers } from '../../state.ts'

export const authEvents: Appliers<'auth'> = {
  // The renewal of tokens deals with it.
  'auth.tokenExpiring': (state) => state,
}
