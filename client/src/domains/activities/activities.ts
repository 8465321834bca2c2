import type { DataOf, EventItem } from '@collab-kit/protocol'
import type { DomainContext } from '../context.ts'
import { register } from '../index.ts'
import { OpenActivity } from './activity.ts'
import type { ActivityHandle } from './handle.ts'
import { activityKey } from './model.ts'
import { activitiesEvents } from './state.ts'

export interface ActivitiesModule {
  handle(type: string, id: string): ActivityHandle
}

export function create(context: DomainContext): ActivitiesModule {
  register(activitiesEvents)
  const { emitter } = context
  const all = new Map<string, OpenActivity>()
  const each = (act: (activity: OpenActivity) => void) => () => {
    for (const activity of all.values()) act(activity)
  }
  emitter.on(
    'opened',
    each((activity) => activity.opened()),
  )
  emitter.on(
    'closed',
    each((activity) => activity.closed()),
  )
  emitter.on(
    'reset',
    each((activity) => activity.reset()),
  )
  emitter.on('users.blockedChanged', ({ data }: EventItem<DataOf<'users.blockedChanged'>>) => {
    for (const activity of all.values()) activity.blocked(data)
  })
  emitter.on(
    'identified',
    each((activity) => activity.identified()),
  )
  emitter.on(
    'end',
    each((activity) => activity.close()),
  )
  return {
    handle(type, id) {
      const key = activityKey(type, id)
      const activity = all.get(key) ?? new OpenActivity(context, type, id)
      all.set(key, activity)
      return activity.handle()
    },
  }
}
