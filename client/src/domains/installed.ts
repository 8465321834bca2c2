import type { ChatModule } from './chat/handle.ts'
import type { DomainContext } from './context.ts'

/** Domains that a client has because something of the page imports them; the others are fetched with their first use. */
export const installed: { chat?: (context: DomainContext) => ChatModule } = {}
