import type { SignIn } from '@collab-kit/protocol'
import {
  callByRest,
  connectTarget,
  PASSWORD,
  toTokens,
  unique,
  type Peer,
} from '@collab-kit/protocol/conformance'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestService, type TestService } from '../../testing/service.ts'

// PostgreSQL has many writers: what is decided on who is there must not be decided on who was.
describe('those who come and go at once', { timeout: 60_000 }, () => {
  let running: TestService
  const target = connectTarget({
    name: 'postgres',
    transport: 'socket',
    get url() {
      return running.url
    },
    get limits() {
      return running.limits
    },
    async admin() {
      const username = unique('admin')
      await running.addAdmin(username, PASSWORD)
      const signedIn = await callByRest(running, 'auth.signIn', { username, password: PASSWORD })
      return toTokens(signedIn as SignIn)
    },
  })
  beforeAll(async () => {
    running = await createTestService({
      engine: 'postgres',
      limits: { opsPerSecond: 1000, opsBurst: 10_000 },
    })
  })
  afterAll(() => running?.close())

  const newBoard = () => ({ type: 'board', id: unique('a') })
  const fresh = async () => (await target.person()).connect()
  const join = (peer: Peer, board: { type: string; id: string }) =>
    peer.call('activities.joinActivity', { ...board, create: { ephemeral: true } })

  test('the last two who leave an ephemeral activity at once end it', async () => {
    const [ada, ben] = [await fresh(), await target.person()]
    for (let round = 0; round < 30; round++) {
      const board = newBoard()
      const other = await ben.connect()
      for (const each of [ada, other]) await join(each, board)
      await Promise.all([ada.call('activities.leaveActivity', board), other.close()])
      await vi.waitFor(
        () =>
          expect(ada.call('activities.getActivity', board)).rejects.toMatchObject({
            code: 'not_found',
          }),
        { timeout: 3000 },
      )
    }
    await ada.close()
  })

  test('one who comes as the last one goes is in an activity that is there', async () => {
    const [ada, ben] = [await fresh(), await target.person()]
    for (let round = 0; round < 30; round++) {
      const board = newBoard()
      const other = await ben.connect()
      await join(other, board)
      const [code] = await Promise.all([
        join(ada, board).then(
          () => 'in',
          (error: { code: string }) => error.code,
        ),
        other.close(),
      ])
      // It ended just before: one asks again.
      if (code !== 'in') {
        expect(code).toBe('unavailable')
        continue
      }
      await vi.waitFor(async () => {
        const { items } = await ada.call('activities.listParticipants', board)
        expect(items.map(({ connectionId }) => connectionId)).toEqual([ada.connectionId])
      })
    }
    await ada.close()
  })

  test('one who comes as they lose the group that lets them in is not there in the end', async () => {
    const [ada, ben] = [await fresh(), await fresh()]
    const admin = await target.person({ admin: true })
    const [name, usernames] = [unique('staff'), [ben.username]]
    await admin.call('groups.createGroup', { name })
    const boards = Array.from({ length: 10 }, newBoard)
    const permissions = { [`group:${name}`]: ['join' as const, 'view_state' as const] }
    for (const board of boards)
      await ada.call('activities.joinActivity', { ...board, create: { permissions } })
    for (let round = 0; round < 10; round++) {
      await admin.call('groups.addGroupMembers', { name, usernames })
      await Promise.all([
        admin.call('groups.removeGroupMembers', { name, usernames }),
        // In time or too late: both are fine.
        ...boards.map((board) => ben.call('activities.joinActivity', board).catch(() => {})),
      ])
      for (const board of boards) {
        const { items } = await ada.call('activities.listParticipants', board)
        expect(items.map((each) => each.username)).toEqual([ada.username])
      }
    }
    await Promise.all([ada.close(), ben.close(), admin.close()])
  })
})
