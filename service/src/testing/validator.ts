import type { AnySchema, default as Ajv } from 'ajv'

export interface Verdict {
  violations: string[]
  /** What was seen to go well. */
  proved: string[]
}

/** Schemas inside a document, by where they stand. */
export class Validator {
  readonly #ajv: Ajv
  readonly #known = new Map<string, (value: unknown) => string | undefined>()

  constructor(ajv: Ajv, document: Record<string, unknown>) {
    this.#ajv = ajv
    // Only a container: what is validated are the schemas within.
    ajv.addSchema(document, 'document', undefined, false)
  }

  /** Why a value does not fit the schema at this place of the document; nothing when it does. */
  at(pointer: string, value: unknown): string | undefined {
    return this.by(pointer, { $ref: `document${pointer}` }, value)
  }

  /** The same for a schema that is put together from the document's; `name` stands for it. */
  by(name: string, schema: AnySchema, value: unknown): string | undefined {
    let check = this.#known.get(name)
    if (!check) {
      const validate = this.#ajv.compile(schema)
      check = (each) => (validate(each) ? undefined : this.#ajv.errorsText(validate.errors))
      this.#known.set(name, check)
    }
    return check(value)
  }
}

/** `#/a/b` with the parts encoded as pointers in references are. */
export const pointerTo = (...parts: readonly string[]): string =>
  `#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`

export const clip = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300)
