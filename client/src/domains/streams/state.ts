import type { Appliers } from '../../state.ts'

export const streamsEvents: Appliers<'streams'> = {
  // Cursors deal with these before anything is applied.
  'streams.withheld': (state) => state,
  'streams.removed': (state) => state,
}
