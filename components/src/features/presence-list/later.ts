// What is not needed to see people, but to do something with them and to hear of them; fetched beside them.
import type { CardsOptions } from '../presence/cards.ts'
import type { AudienceOptions } from './audience.ts'
import { Comings } from './comings.ts'
import { Extras } from './extras.ts'
import { Interaction, type InteractionHost } from './interaction.ts'

export type LaterOptions = CardsOptions & Omit<AudienceOptions, 'changed'>

export const start = (
  host: InteractionHost,
  options: LaterOptions,
): [Interaction, Extras, Comings] => [
  new Interaction(host, options),
  new Extras(host, options),
  new Comings(host, options.localize),
]
