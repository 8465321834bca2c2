import { describe } from 'vitest'
import { accessRules } from './access.ts'
import { authRules } from './auth.ts'
import { chatRules } from './chat.ts'
import { errorRules } from './errors.ts'
import { limitRules } from './limits.ts'
import { repeatRules } from './repeat.ts'
import { restRules } from './rest.ts'
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
export { callByRest, http } from './http.ts'
export type { Call, Peer, Person, PersonOptions, Target } from './target.ts'

/** Registers every rule of PROTOCOL.md as tests of this service. */
export function conformance(target: Target): void {
  describe(`${target.name} by ${target.transport}`, () => {
    systemRules(target)
    streamRules(target)
    errorRules(target)
    repeatRules(target)
    authRules(target)
    accessRules(target)
    limitRules(target)
    userRules(target)
    chatRules(target)
    restRules(target)
  })
}
