import { domains, type EventDefinition, type OperationDefinition } from '@collab-kit/protocol'
import { z } from 'zod'
import { MARK, table, type Artefact } from './index.ts'

/** Every operation and event, by domain. */
export const events: Artefact = () => {
  const sections = Object.values(domains).map((domain) => {
    const operations = Object.values<OperationDefinition>(domain.operations).map((each) => [
      `\`${each.name}\``,
      each.kind + (each.connection ? ' †' : ''),
      each.rest === null ? 'socket only' : `\`${each.rest}\``,
      each.summary,
    ])
    const said = Object.values<EventDefinition>(domain.events).map((each) => [
      `\`${each.name}\``,
      each.stream === null ? 'one connection' : `\`${each.stream('ID')}\``,
      each.durable === 'varies' ? 'in lasting chats' : each.durable ? 'yes' : 'no',
      fieldsOf(each),
      each.summary,
    ])
    return [
      `## ${domain.name}`,
      table(['Operation', 'Kind', 'REST', 'Meaning'], operations),
      ...(said.length > 0 ? [table(['Event', 'Stream', 'Durable', 'Data', 'Meaning'], said)] : []),
    ].join('\n\n')
  })
  const head = [
    MARK,
    '# Operations and events',
    'Operations are Socket.IO events of the same name with an acknowledgement, and REST lines under `/api/v1`. † needs a live connection. Durable events carry the `seq` of their stream.',
  ]
  return { 'docs/reference/events.md': `${[...head, ...sections].join('\n\n')}\n` }
}

function fieldsOf({ payload }: EventDefinition): string {
  const schema = z.toJSONSchema(payload, { unrepresentable: 'any' }) as {
    id?: string
    properties?: object
  }
  if (schema.id) return schema.id
  return (
    Object.keys(schema.properties ?? {})
      .map((key) => `\`${key}\``)
      .join(' ') || '–'
  )
}
