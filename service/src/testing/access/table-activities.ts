import type { InputOf, OperationName, OutputOf } from '@collab-kit/protocol'
import { inActivities, inActivity, OPEN, type ActivityFacts } from './activities.ts'
import { plain, type Rows, type Setting, type Table } from './row.ts'
import { unique } from './stage.ts'

type ActivityTable = Pick<Table, Extract<keyof Table, `activities.${string}`>>
type List = OutputOf<'activities.listActivities'>

const name = ({ type, id }: ActivityFacts) => ({ type, id })
const isListed = ({ items }: List, { id }: ActivityFacts): boolean =>
  items.some((each) => each.id === id)

/** One has to be in by a connection, which the doors of these calls have not. */
const BY_SOCKET = { doors: ['socket'] } as const

/** The same for all rows in which the caller is in by the connection of one door. */
const bySocket = <N extends OperationName>(rows: Rows<N>): Rows<N> => ({
  ...rows,
  'made by oneself': { ...rows['made by oneself']!, ...BY_SOCKET },
  'open, being in it': { ...rows['open, being in it']!, ...BY_SOCKET },
})

const join = (more: Partial<InputOf<'activities.joinActivity'>> = {}) =>
  inActivities<'activities.joinActivity'>((facts) => ({ ...name(facts), create: false, ...more }))

const grant = (permission: 'set_state' | 'remove') => (facts: ActivityFacts) => ({
  ...name(facts),
  subject: 'group:crew',
  permissions: [permission],
})

type Present = OutputOf<'activities.listParticipants' | 'activities.getState'>

const shows =
  (who: 'maker' | 'me' | 'other') =>
  ({ items }: Present, facts: ActivityFacts): boolean =>
    items.some(({ username }) => username === facts[who])

/** The caller has blocked the one who made it and is in it. */
async function blocking(facts: ActivityFacts, { stage, actor }: Setting) {
  await stage.act(actor, 'users.blockUser', { username: facts.maker })
  return name(facts)
}

/** Whom one is shown there. */
const present: Rows<'activities.listParticipants'> = {
  'open, one who left': inActivity({ world: OPEN, other: 'before' }, name, {
    shows: shows('other'),
  }),
  'open, one who lurks': inActivity({ world: OPEN, other: 'lurking' }, name, {
    shows: shows('other'),
  }),
  'with `manage` for oneself, one who lurks': inActivity(
    { mine: ['view_state', 'manage'], other: 'lurking' },
    name,
    { shows: shows('other') },
  ),
  'open, lurking oneself': inActivity({ world: [...OPEN, 'lurk'], inside: 'lurking' }, name, {
    shows: shows('me'),
  }),
  'open, what another shows': inActivity({ world: OPEN }, name, {
    shows: ({ items }: Present) => items.some(({ state }) => state['n'] === 1),
  }),
  'with `join` for everybody, what another shows': inActivity({ world: ['join'] }, name, {
    shows: ({ items }: Present) => items.some(({ state }) => state['n'] === 1),
  }),
  'open, one whom the caller has blocked': {
    ...inActivity({ world: OPEN }, blocking, { shows: shows('maker') }),
    only: ['guest', 'user', 'admin', 'acting'],
    fresh: true,
  },
}

export const activitiesTable: ActivityTable = {
  'activities.joinActivity': {
    ...join(),
    'made by joining': plain(() => ({ type: 'board', id: unique('made') })),
    'made by joining, where admins may': {
      ...plain(() => ({ type: 'board', id: unique('made') })),
      only: ['guest', 'user', 'admin'],
      alone: { createActivity: 'admins' },
    },
    'made with `manage` for everybody': plain(() => ({
      type: 'board',
      id: unique('made'),
      create: { permissions: { world: ['join', 'view_state', 'manage'] } },
    })),
    'to lurk, with `lurk` for everybody': inActivity(
      { world: ['join', 'view_state', 'lurk'] },
      (facts) => ({ ...name(facts), lurk: true }),
    ),
    'open, to lurk': inActivity({ world: ['join', 'view_state'] }, (facts) => ({
      ...name(facts),
      lurk: true,
    })),
  },
  'activities.leaveActivity': inActivities(name),
  'activities.getActivity': {
    ...inActivities<'activities.getActivity'>(name),
    'with `join` and `view_state` for a group': {
      ...inActivity({ group: ['join', 'view_state'] }, name),
      only: ['user', 'group'],
    },
    'open, of one who left': inActivity({ world: ['join', 'view_state'], other: 'before' }, name, {
      shows: ({ people }) => people > 1,
    }),
    'open, with one whom the caller has blocked': {
      ...inActivity<'activities.getActivity'>({ world: OPEN }, blocking, {
        shows: ({ people }) => people > 0,
      }),
      only: ['guest', 'user', 'admin', 'acting'],
      fresh: true,
    },
  },
  'activities.listActivities': inActivities<'activities.listActivities'>(
    ({ type }) => ({ type }),
    isListed,
  ),
  'activities.listParticipants': {
    ...inActivities<'activities.listParticipants'>(name),
    ...present,
  },
  'activities.updateActivity': inActivities((facts) => ({ ...name(facts), title: 'Named' })),
  'activities.removeActivity': inActivities(name),
  'activities.removeParticipant': {
    ...inActivities((facts) => ({ ...name(facts), username: facts.maker })),
    'with `manage` for oneself, nobody': inActivity({ mine: ['manage'] }, (facts) => ({
      ...name(facts),
      username: unique('nobody'),
    })),
    'with `manage` for oneself, a bystander': inActivity(
      { mine: ['manage'] },
      (facts, setting) => ({
        ...name(facts),
        username: setting.stage.bystander.username,
      }),
    ),
  },
  'activities.setState': {
    ...bySocket<'activities.setState'>(
      inActivities((facts) => ({ ...name(facts), values: { n: 1 } })),
    ),
    'open, lurking in it': {
      ...inActivity({ world: [...OPEN, 'lurk'], inside: 'lurking' }, (facts) => ({
        ...name(facts),
        values: { n: 1 },
      })),
      ...BY_SOCKET,
    },
    'without `set_state`, being in it': {
      ...inActivity({ world: ['join', 'view_state'], inside: true }, (facts) => ({
        ...name(facts),
        values: { n: 1 },
      })),
      ...BY_SOCKET,
    },
  },
  'activities.getState': {
    ...inActivities<'activities.getState'>(name),
    // It takes and answers the same.
    ...(present as unknown as Rows<'activities.getState'>),
  },
  'activities.removeState': bySocket<'activities.removeState'>(
    inActivities((facts) => ({ ...name(facts), keys: ['n'] })),
  ),
  'activities.clearState': bySocket<'activities.clearState'>(inActivities(name)),
  'activities.broadcast': bySocket<'activities.broadcast'>(
    inActivities((facts) => ({ ...name(facts), event: 'wave' })),
  ),
  'activities.setShared': {
    ...inActivities<'activities.setShared'>((facts) => ({ ...name(facts), key: 'n', value: 1 })),
    'open, decided on another value': inActivity({ world: OPEN }, (facts) => ({
      ...name(facts),
      key: 'n',
      value: 1,
      ifVersion: 7,
    })),
  },
  'activities.getShared': inActivities(name),
  'activities.removeShared': inActivities((facts) => ({ ...name(facts), key: 'n' })),
  'activities.clearShared': inActivities(name),
  'activities.getPermissions': {
    ...inActivities(name),
    'open, what one is granted': inActivity({ world: ['join'] }, (facts) => ({
      ...name(facts),
      subject: 'world',
    })),
    "open, another's": inActivity({ world: ['join'] }, (facts) => ({
      ...name(facts),
      subject: `user:${facts.maker}`,
    })),
  },
  'activities.setPermissions': {
    ...inActivities<'activities.setPermissions'>(grant('set_state')),
    'with `manage` for oneself, what one does not hold': inActivity(
      { mine: ['manage'] },
      grant('remove'),
    ),
  },
  'activities.removePermissions': {
    ...inActivities<'activities.removePermissions'>((facts) => ({
      ...name(facts),
      subject: 'group:crew',
    })),
    'with `manage` for oneself, what one does not hold': inActivity<'activities.removePermissions'>(
      { mine: ['manage'] },
      async (facts, { stage }) => {
        await stage.act('anybody', 'activities.setPermissions', grant('remove')(facts))
        return { ...name(facts), subject: 'group:crew' }
      },
    ),
  },
}
