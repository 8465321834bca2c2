import { userStream } from '../kit/ids.ts'
import { event } from '../kit/operation.ts'
import { User } from './model.ts'

export const userUpdated = event('users.userUpdated', {
  summary: 'Something about you changed.',
  payload: User,
  stream: userStream,
  durable: true,
})
