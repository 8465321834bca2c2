import type { Appliers } from '../../state.ts'

export const systemEvents: Appliers<'system'> = {
  // The connection itself deals with these; the state shows what comes of them.
  'system.welcome': (state) => state,
  'system.heads': (state) => state,
  'system.closing': (state) => state,
  'system.echoed': (state) => state,
}
