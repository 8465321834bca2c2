import type { OperationDefinition } from '@collab-kit/protocol'

/** The part of JSON Schema that the contract's inputs use. */
export interface JsonSchema {
  type?: string
  $ref?: string
  $defs?: Record<string, JsonSchema>
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  propertyNames?: JsonSchema
  items?: JsonSchema
  anyOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
  format?: string
}

/** The schema of an operation's input. */
export const inputSchema = ({ input }: OperationDefinition): JsonSchema =>
  input.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonSchema
