import type { OperationDefinition } from '@collab-kit/protocol'
import type { AnyStagedHandler, AccessResolver, InternalHandler, Lookup, Module } from './module.ts'

export interface Operation {
  definition: OperationDefinition
  /** Key within its domain. */
  key: string
  module: Module
  handler: AnyStagedHandler
}

export interface Registry {
  modules: readonly Module[]
  operations: ReadonlyMap<string, Operation>
  internal: ReadonlyMap<string, InternalHandler>
  lookups: ReadonlyMap<string, Lookup>
  access: ReadonlyMap<string, AccessResolver>
}

/** All modules together; refuses to start with a missing or doubled handler, or without an access rule. */
export function createRegistry(modules: readonly Module[]): Registry {
  const operations = new Map<string, Operation>()
  const internal = new Map<string, InternalHandler>()
  const lookups = new Map<string, Lookup>()
  const access = new Map<string, AccessResolver>()
  for (const module of modules) {
    for (const [field, resolver] of Object.entries(module.access)) {
      if (access.has(field)) throw new Error(`two access rules for ${field}`)
      access.set(field, resolver)
    }
    for (const [name, handler] of Object.entries(module.internal)) {
      internal.set(`${module.name}.$${name}`, handler)
    }
    for (const [name, lookup] of Object.entries(module.lookups)) {
      lookups.set(`${module.name}.?${name}`, lookup)
    }
  }
  for (const module of modules) {
    for (const [key, definition] of Object.entries(module.definition.operations)) {
      const handler = module.handlers[key]
      if (!handler) throw new Error(`${definition.name} has no handler`)
      if (operations.has(definition.name))
        throw new Error(`${definition.name} is implemented twice`)
      assertAccess(definition, access)
      if (definition.writes === 'resolved' && !module.streams[key]) {
        throw new Error(`${definition.name} declares resolved streams and does not resolve them`)
      }
      operations.set(definition.name, { definition, key, module, handler })
    }
  }
  return { modules, operations, internal, lookups, access }
}

function assertAccess(
  definition: OperationDefinition,
  access: ReadonlyMap<string, AccessResolver>,
) {
  const rule = definition.access
  if (!rule) throw new Error(`${definition.name} has no access rule`)
  if (typeof rule === 'string') return
  const field = rule.of ?? rule.member ?? rule.read
  if (field && !access.has(field))
    throw new Error(`${definition.name}: nobody answers for ${field}`)
}
