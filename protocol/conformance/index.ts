import { describe } from 'vitest'
import { accessRules } from './access.ts'
import { accountRules } from './accounts.ts'
import { activityRules } from './activities.ts'
import { authRules } from './auth.ts'
import { chatRules } from './chat.ts'
import { contactRules } from './contacts.ts'
import { errorRules } from './errors.ts'
import { groupRules } from './groups.ts'
import { identityRules } from './identity.ts'
import { limitRules } from './limits.ts'
import { presenceRules } from './presence.ts'
import { repeatRules } from './repeat.ts'
import { restRules } from './rest.ts'
import { eventStreamRules } from './sse.ts'
import { streamRules } from './streams.ts'
import { systemRules } from './system.ts'
import type { Target } from './target.ts'
import { userRules } from './users.ts'

export {
  connectPeer,
  connectTarget,
  PASSWORD,
  toTokens,
  unique,
  type TargetOptions,
  type Tokens,
} from './connect.ts'
export { openEventStream, type EventStream } from './event-stream.ts'
export { callByRest, http } from './http.ts'
export { onSeen, type Seen } from './seen.ts'
export type { Call, Peer, Person, PersonOptions, Target } from './target.ts'

/** Registers every rule of PROTOCOL.md as tests of this service. */
export function conformance(target: Target): void {
  describe(`${target.name} by ${target.transport}`, () => {
    systemRules(target)
    streamRules(target)
    errorRules(target)
    repeatRules(target)
    authRules(target)
    identityRules(target)
    accountRules(target)
    groupRules(target)
    contactRules(target)
    accessRules(target)
    limitRules(target)
    userRules(target)
    activityRules(target)
    chatRules(target)
    presenceRules(target)
    restRules(target)
    eventStreamRules(target)
  })
}
