import type { Seen } from '@collab-kit/protocol/conformance'
import { Ajv } from 'ajv'
import { clip, pointerTo, Validator, type Verdict } from './validator.ts'

type Json = Record<string, unknown>
type Spoken = Exclude<Seen, { kind: 'rest' }>

interface Reference {
  $ref: string
}

interface Operation {
  action: 'send' | 'receive'
  channel: Reference
  messages: Reference[]
  reply?: { messages: Reference[] }
}

interface Document {
  operations: Record<string, Operation>
  channels: Record<string, { address: string; messages: Record<string, Json> }>
}

/** Holds calls, their acknowledgements and events against an AsyncAPI 3.0 document. */
export class AsyncApiCheck {
  readonly #document: Document
  readonly #validator: Validator

  constructor(document: Json) {
    this.#document = document as unknown as Document
    this.#validator = new Validator(new Ajv({ strict: false, validateFormats: false }), document)
  }

  take(seen: Spoken): Verdict {
    if (seen.kind === 'reply') return this.#reply(seen)
    if (seen.kind === 'events') return this.#events(seen.batch)
    // Without data it is no refusal of the service: the network's, or a proxy's.
    if (seen.error.data === undefined) return { violations: [], proved: [] }
    return this.#verdict('connect_error', seen.error, [])
  }

  #reply({ name, args, reply }: Extract<Spoken, { kind: 'reply' }>): Verdict {
    const operation = Object.hasOwn(this.#document.operations, name)
      ? this.#document.operations[name]
      : undefined
    const good = (reply as { ok?: unknown }).ok === true
    if (operation?.action !== 'receive') {
      const violations = good ? [`${name} is answered and not in the document`] : []
      return { violations, proved: [] }
    }
    const answers = operation.reply!.messages.map((each) => this.#misfit(each, reply))
    const wrong = answers.every((each) => each !== undefined) ? [answers[good ? 0 : 1]!] : []
    // What was refused may have been wrong on purpose.
    const input = good ? this.#misfit(operation.messages[0]!, args[0]) : undefined
    return {
      violations: [
        ...wrong.map((each) => `reply to ${name}: ${each}; ${clip(reply)}`),
        ...(input ? [`input of ${name}: ${input}; ${clip(args[0])}`] : []),
      ],
      proved: good ? [`socket ${name}`] : [],
    }
  }

  #events(batch: unknown): Verdict {
    const items = Array.isArray(batch) ? (batch as { name?: unknown }[]) : []
    const { violations, proved } = this.#verdict(
      'events',
      batch,
      items.map(({ name }) => `event ${String(name)}`),
    )
    // By itself an item tells better what is wrong; event streams speak of items only.
    const single = items.flatMap((item) => {
      const wrong = this.#misfit(
        { $ref: pointerTo('channels', 'sse', 'messages', String(item.name)) },
        item,
      )
      return wrong ? [`${String(item.name)}: ${wrong}; ${clip(item)}`] : []
    })
    return { violations: single.length > 0 ? single : violations, proved }
  }

  #verdict(channel: string, value: unknown, proved: string[]): Verdict {
    const [message] = this.#document.operations[channel]!.messages
    const wrong = this.#misfit(message!, value)
    if (!wrong) return { violations: [], proved }
    return { violations: [`${channel}: ${wrong}; ${clip(value)}`], proved: [] }
  }

  /** Why a value is not this message. */
  #misfit({ $ref }: Reference, value: unknown): string | undefined {
    const [, , channel = '', , name = ''] = $ref.split('/').map(decodeURIComponent)
    const message = this.#document.channels[channel]?.messages[name]
    if (!message) return `no message ${name} in ${channel}`
    const inner = (message['$ref'] as string | undefined) ?? $ref
    return this.#validator.at(`${inner}/payload`, value)
  }
}
