import type { Seen } from '@collab-kit/protocol/conformance'
import { AsyncApiCheck } from './asyncapi-check.ts'
import { OpenApiCheck } from './openapi-check.ts'

type Json = Record<string, unknown>

/** Holds what goes over the wire against the documents that describe it. */
export class ReferenceCheck {
  /** What does not fit, each once. */
  readonly violations = new Set<string>()
  /** What was seen to go well: `rest NAME`, `socket NAME`, `event NAME`. */
  readonly seen = new Set<string>()
  readonly #openApi: OpenApiCheck
  readonly #asyncApi: AsyncApiCheck

  constructor({ openApi, asyncApi }: { openApi: Json; asyncApi: Json }) {
    this.#openApi = new OpenApiCheck(openApi)
    this.#asyncApi = new AsyncApiCheck(asyncApi)
  }

  take(seen: Seen): void {
    const check = seen.kind === 'rest' ? this.#openApi : this.#asyncApi
    const { violations, proved } = check.take(seen as never)
    for (const each of violations) this.violations.add(each)
    for (const each of proved) this.seen.add(each)
  }
}
