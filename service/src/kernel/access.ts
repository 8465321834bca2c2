import { CollabError, userStream, type OperationDefinition } from '@collab-kit/protocol'
import { isPerson, type Caller, type ReadContext, type Resource } from './context.ts'
import type { Operation, Registry } from './registry.ts'

/** The one place that decides: may this caller do this to that? Runs inside the transaction of the effect. */
export async function authorise(
  registry: Registry,
  operation: Operation,
  { ctx, input }: { ctx: ReadContext; input: Record<string, unknown> },
): Promise<Resource | undefined> {
  const { definition } = operation
  const rule = definition.access
  if (ctx.caller.role === 'system') return undefined
  authoriseCaller(definition, ctx.caller)
  if (typeof rule === 'string') return undefined
  const field = rule.of ?? rule.member ?? rule.read
  if (!field) {
    if (rule.can && !mayGlobally(ctx, rule.can)) throw new CollabError('forbidden')
    return undefined
  }
  const id = resourceId(operation, { ctx, input, field })
  // The operation names its resource in another way and opens it by itself.
  if (id === undefined) return undefined
  const resource = await registry.access.get(field)?.(ctx, id)
  if (!resource) throw new CollabError('not_found', { details: { [field]: id } })
  if (rule.can && !resource.permissions.has(rule.can)) {
    throw new CollabError('forbidden', { details: { permission: rule.can } })
  }
  if (rule.member && !resource.member)
    throw new CollabError('forbidden', { details: { reason: 'not_a_member' } })
  return resource
}

function resourceId(
  { module, key }: Operation,
  { ctx, input, field }: { ctx: ReadContext; input: Record<string, unknown>; field: string },
): string | undefined {
  const resolve = module.resource[key]
  return resolve ? resolve(input, ctx.caller) : (input[field] as string)
}

/**
 * What depends on the caller alone: an API key's scopes, a person, an admin. Asked before anything is prepared, and again
 * in the transaction.
 */
export function authoriseCaller(
  { name, kind, access, person }: OperationDefinition,
  caller: Caller,
): void {
  if (access === 'anyone') return
  const scope = `${name.slice(0, name.indexOf('.'))}:${kind === 'query' ? 'read' : 'write'}`
  if (caller.scopes && !isNamed(scope, caller.scopes))
    throw new CollabError('forbidden', { details: { reason: 'scope', scope } })
  if ((access === 'person' || person) && !isPerson(caller))
    throw new CollabError('forbidden', {
      message: 'This is for a person: name one in X-Act-As or actAs.',
      details: { reason: 'act_as' },
    })
  if (access === 'admin' && caller.role !== 'admin')
    throw new CollabError('forbidden', { details: { reason: 'admin' } })
}

/** `events:read` is enough to ask for a stream; which of them it opens is decided where that is known. */
const isNamed = (scope: string, scopes: readonly string[]): boolean =>
  scopes.includes('*') ||
  scopes.includes(scope) ||
  (scope === 'streams:read' && scopes.includes('events:read'))

/** What does not depend on a resource: everybody makes chats; who may choose their ids is configured. */
export function mayGlobally(
  { caller, policy }: Pick<ReadContext, 'caller' | 'policy'>,
  permission: string,
): boolean {
  if (permission === 'create_chat' || caller.role === 'admin') return true
  const who = { create_named: policy.createNamed, create_activity: policy.createActivity }[
    permission
  ]
  return who === 'everyone' || (who === 'accounts' && caller.role === 'user')
}

/** The streams that a command writes, from its declaration. */
export function streamsOf(
  operation: Operation,
  input: Record<string, unknown>,
  ctx: Pick<ReadContext, 'caller'>,
): string[] {
  const { definition, module, key } = operation
  if (definition.writes === 'resolved') return module.streams[key]?.(input, ctx.caller) ?? []
  return (definition.writes ?? []).map((template) =>
    fill(template, definition, { ...input, me: ctx.caller.username }),
  )
}

/** What keeps its order: the calls about one subject or to one stream, and those of one person to none. */
export function orderKeyOf(registry: Registry, call: OrderedCall): string {
  const operation = registry.operations.get(call.operation)
  const subject = operation?.module.order?.(call.input, call.caller)
  const [stream] = operation && subject === undefined ? streamsOf(operation, call.input, call) : []
  return subject ?? stream ?? userStream(call.caller.username)
}

interface OrderedCall {
  operation: string
  input: Record<string, unknown>
  caller: Caller
}

const fill = (
  template: string,
  definition: OperationDefinition,
  values: Record<string, unknown>,
): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, field: string) => {
    const value = values[field]
    if (typeof value !== 'string')
      throw new Error(`${definition.name} writes ${template}: no ${field}`)
    return encodeURIComponent(value)
  })
