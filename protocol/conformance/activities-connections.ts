import { expect } from 'vitest'
import { gone } from './acts.ts'
import { about, idsOf, join, newActivity, present, streamOf } from './activity-acts.ts'
import { count, named, refusal, rules, type Stage } from './rule.ts'
import { bound, eventRules } from './sse-stage.ts'
import type { Peer, Person, Target } from './target.ts'

/** A participant is a connection, and goes with it. */
export function activityConnectionRules(target: Target): void {
  leaving(target)
  eventStreams(target)
  replacing(target)
  byHand(target)
  removedAmid(target)
}

function leaving(target: Target): void {
  const rule = rules(target)

  rule('[ACT-8] A connection that says that it ends leaves at once', async ({ peer }) => {
    const [ada, ben] = [await peer(), await peer()]
    const board = newActivity()
    await join(ada, board)
    await join(ben, board)
    await ada.fence()
    await ben.close()
    await ada.until(about('participantLeft', ben))
    expect(await present(ada, board)).toEqual(idsOf(ada))
  })

  if (!target.advance) return
  const { advance } = target
  rule('[ACT-8] A connection that is lost leaves after 5 seconds', async (stage) => {
    const ben = await stage.person()
    const lost = await stage.connect(ben)
    await leavesLate(stage, { ben, lost, end: () => lost.cut() })
  })

  rule('[ACT-8] A plain client that disconnects leaves after 5 seconds', async (stage) => {
    const ben = await stage.person()
    const lost = await stage.plain(ben)
    await leavesLate(stage, { ben, lost, end: () => lost.close() })
  })

  async function leavesLate(stage: Stage, { ben, lost, end }: Loss): Promise<void> {
    const ada = await stage.peer()
    const board = newActivity()
    await join(ada, board)
    await join(lost, board)
    await ada.fence()
    await end()
    await gone(target, ben, lost)
    await advance(4_000)
    await ada.fence()
    expect(ada.items.filter(about('participantLeft', lost))).toEqual([])
    await advance(2_000)
    await ada.until(about('participantLeft', lost))
  }
}

/** A connection that ends, and how. */
interface Loss {
  ben: Person
  lost: Peer
  end(): Promise<void>
}

function replacing(target: Target): void {
  rules(target)(
    '[ACT-9] A connection takes the place of an earlier one without a gap',
    async ({ peer, person, connect }) => {
      const ada = await peer()
      const ben = await person()
      const [before, after] = [await connect(ben), await connect(ben)]
      const board = newActivity()
      await join(ada, board, { create: { capacity: 2 } })
      await join(before, board)
      await ada.fence()
      await join(after, board, { replaces: before.connectionId })
      const came = await ada.until(about('participantJoined', after))
      const went = await ada.until(about('participantLeft', before))
      expect(Math.abs(ada.items.indexOf(came) - ada.items.indexOf(went))).toBe(1)
      await before.until(named('streams.removed', { stream: streamOf(board) }))
      expect(await present(ada, board)).toEqual(idsOf(ada, after))
      // Another person's place is nobody's to take.
      await join(after, board, { replaces: ada.connectionId })
      expect(await present(ada, board)).toEqual(idsOf(ada, after))
    },
  )
}

function eventStreams(target: Target): void {
  eventRules(target)('[ACT-8] An event stream is a participant as a socket is', async (stage) => {
    const ada = await stage.peer()
    const ben = await stage.person()
    const reader = await stage.follow(ben)
    const call = bound(ben, reader)
    const board = newActivity()
    await join(ada, board)
    await call('activities.joinActivity', { ...board, state: { colour: 'red' } })
    await ada.until(about('participantJoined', reader))
    await call('activities.setState', { ...board, values: { colour: 'blue' } })
    await ada.until(about('stateChanged', reader))
    await ada.call('activities.setShared', { ...board, key: 'k', value: 1 })
    await reader.until(named('activities.sharedChanged', { key: 'k' }))
    expect(await present(ada, board)).toEqual(idsOf(ada, reader))
    if (!target.advance) return
    await reader.close()
    await gone(ben, ben, reader)
    await target.advance(4_000)
    await ada.fence()
    expect(ada.items.filter(about('participantLeft', reader))).toEqual([])
    await target.advance(2_000)
    await ada.until(about('participantLeft', reader))
    expect(await present(ada, board)).toEqual(idsOf(ada))
  })
}

function byHand(target: Target): void {
  rules(target)(
    '[ACT-27] The stream of an activity is left with the activity',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const board = newActivity()
      const stream = streamOf(board)
      for (const each of [ada, ben]) await join(each, board)
      expect(await refusal(ben.call('streams.leave', { stream }))).toMatchObject({
        code: 'forbidden',
        details: { reason: 'in_activity', stream },
      })
      await ada.call('activities.setShared', { ...board, key: 'k', value: 1 })
      await ben.until(named('activities.sharedChanged', { key: 'k' }))
      expect(await present(ada, board)).toEqual(idsOf(ada, ben))
      await ben.call('activities.leaveActivity', board)
      await ben.call('streams.leave', { stream })
      await ada.until(about('participantLeft', ben))
    },
  )
}

const ROUNDS = 10

function removedAmid(target: Target): void {
  rules(target)(
    '[ACT-25] One who is put out while joining is in and hears of it, or is not',
    async ({ peer }) => {
      const [ada, ben] = [await peer(), await peer()]
      const board = newActivity()
      await join(ada, board)
      const out = { ...board, username: ben.username }
      for (const n of count(ROUNDS)) {
        const joining = join(ben, board).then(
          () => true,
          () => false,
        )
        await Promise.all([joining, ada.call('activities.removeParticipant', out)])
        await ben.fence()
        const isIn = (await present(ada, board)).includes(ben.connectionId)
        await ada.call('activities.setShared', { ...board, key: 'n', value: n })
        if (isIn) await ben.until(named('activities.sharedChanged', { value: n }))
        else {
          const late = ben.call('activities.setState', { ...board, values: { n } })
          expect(await refusal(late)).toMatchObject({ details: { reason: 'not_in_activity' } })
          await ben.fence()
          expect(ben.items.some(named('activities.sharedChanged', { value: n }))).toBe(false)
        }
        await ben.call('activities.leaveActivity', board)
      }
    },
  )
}
