import { operations, type OperationDefinition, type OperationName } from '@collab-kit/protocol'
import { callersOf, type CallerKind } from './callers.ts'
import { credentialProbes } from './credentials.ts'
import { deliveryProbes } from './delivery.ts'
import { doorNames, type DoorName } from './doors.ts'
import { toOutcome, type Difference, type Probe } from './probe.ts'
import type { Row } from './row.ts'
import { table } from './table.ts'

/** Where doors answer differently, and why that is right. */
export const differences = {
  shut: {
    code: 'unauthenticated',
    reason:
      'A socket and an event stream are refused without credentials: nothing can be called on them.',
  },
  restOnly: {
    code: 'not_supported',
    reason: 'What is done before sign-in is REST only.',
  },
  unbound: {
    code: 'connection_required',
    reason: 'The operation is bound to a connection, and a plain request has none.',
  },
} as const satisfies Record<string, Difference>

function differenceAt(
  { before, connection }: OperationDefinition,
  caller: CallerKind,
  door: DoorName,
): Difference | undefined {
  if (caller === 'anonymous') return door === 'rest' ? undefined : differences.shut
  if (before && door === 'socket') return differences.restOnly
  return connection && door === 'rest' ? differences.unbound : undefined
}

const domainOf = (name: string): string => name.slice(0, name.indexOf('.'))

/** Every cell of every operation, by every door that it has. */
export function operationProbes(): Probe[] {
  return [...operations.values()].flatMap((definition) =>
    rowsOf(definition.name as OperationName).flatMap(([row, how]) =>
      (how.only ?? callersOf(domainOf(definition.name))).flatMap((caller) => {
        const placed = { row, how, caller, play: playOf(definition, how) }
        return (how.doors ?? doorsOf(definition)).map((door) =>
          toProbe(definition, { ...placed, door }),
        )
      }),
    ),
  )
}

/** What is only read may be read by all doors: the things are put in place once. */
function playOf({ kind }: OperationDefinition, how: Row<never>): Row<never>['play'] {
  if (kind === 'command' || how.fresh || how.alone) return (setting) => how.play(setting)
  let played: ReturnType<Row<never>['play']> | undefined
  return (setting) => (played ??= how.play(setting))
}

const rowsOf = (name: OperationName): [string, Row<never>][] =>
  Object.entries(table[name] as unknown as Record<string, Row<never>>)

const doorsOf = ({ connection }: OperationDefinition): readonly DoorName[] =>
  connection ? doorNames : ['rest', 'socket']

interface Placed {
  row: string
  how: Row<never>
  caller: CallerKind
  door: DoorName
  play: Row<never>['play']
}

function toProbe(definition: OperationDefinition, placed: Placed): Probe {
  const { row, how, caller, door, play } = placed
  const name = definition.name as OperationName
  const mainDoor = how.doors?.[0] ?? (definition.connection ? 'socket' : 'rest')
  return {
    domain: domainOf(name),
    operation: name,
    row,
    caller,
    door,
    main: door === mainDoor,
    declared: door === mainDoor ? undefined : differenceAt(definition, caller, door),
    hidden: how.hidden,
    fresh: how.fresh,
    alone: how.alone,
    async play(setting) {
      const played = await play(setting)
      if (!played) return { got: undefined }
      const { input, shows, spares } = played
      const reply = await setting.doors.call(door, name, input)
      return spares && !(await spares()) ? { got: 'harm' } : toOutcome(reply, input, shows)
    },
  }
}

/** All that the page shows. */
export const allProbes = (): Probe[] => [
  ...operationProbes(),
  ...deliveryProbes(),
  ...credentialProbes(),
]
