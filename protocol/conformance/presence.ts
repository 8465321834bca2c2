import { describe } from 'vitest'
import { followRules } from './presence-follow.ts'
import { hereRules } from './presence-here.ts'
import { ownRules } from './presence-own.ts'
import type { Target } from './target.ts'

/** Who is here, what they say of it, and who is told. */
export function presenceRules(target: Target): void {
  describe('presence', () => {
    hereRules(target)
    ownRules(target)
    followRules(target)
  })
}
