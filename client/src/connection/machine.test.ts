import { CollabError, errorCatalogue, retryOf } from '@collab-kit/protocol/runtime'
import type { ErrorCode } from '@collab-kit/protocol'
import { describe, expect, it } from 'vitest'
import {
  OFFLINE_AFTER,
  statusOf,
  step,
  type ConnectionInput,
  type ConnectionState,
} from './machine.ts'

const fresh = { attempt: 0, wasLive: false, renewed: false }
const shape = (code: ErrorCode, retryAfterMs?: number) =>
  new CollabError(code, retryAfterMs === undefined ? {} : { retryAfterMs }).toJSON()

const states: Record<ConnectionState['name'], ConnectionState> = {
  idle: { name: 'idle' },
  authenticating: { name: 'authenticating', ...fresh },
  connecting: { name: 'connecting', renewable: true, ...fresh },
  resuming: { name: 'resuming', renewable: true, ...fresh },
  live: { name: 'live', renewable: true, attempt: 1, renewed: false },
  waiting: { name: 'waiting', told: false, offline: false, ...fresh, attempt: 1 },
  blocked: { name: 'blocked', why: 'refused', error: shape('origin_denied') },
  closed: { name: 'closed' },
}

const inputs = {
  start: { type: 'start' },
  token: { type: 'token', renewable: true },
  tokenFailed: { type: 'tokenFailed', error: shape('unavailable') },
  welcomed: { type: 'welcomed' },
  resumed: { type: 'resumed' },
  refused: { type: 'refused', error: undefined },
  lost: { type: 'lost' },
  closing: { type: 'closing', code: 'draining', reconnect: true, afterMs: 2000 },
  elapsed: { type: 'elapsed' },
  online: { type: 'online' },
  offline: { type: 'offline' },
  visible: { type: 'visible' },
  hidden: { type: 'hidden' },
  shown: { type: 'shown' },
  signedIn: { type: 'signedIn' },
  signedOut: { type: 'signedOut' },
  close: { type: 'close' },
} satisfies Record<ConnectionInput['type'], ConnectionInput>

type Name = ConnectionState['name']
type Cell = `${Name}: ${string}` | Name | '!'

/** The state after each input with the effects; a bare name means that nothing is done, `!` that it should not occur. */
const table: Record<keyof typeof inputs, Record<Name, Cell>> = {
  start: {
    idle: 'authenticating: getToken',
    authenticating: 'authenticating',
    connecting: 'connecting',
    resuming: 'resuming',
    live: 'live',
    waiting: 'authenticating: getToken',
    blocked: 'authenticating: getToken',
    closed: 'closed',
  },
  token: {
    idle: '!',
    authenticating: 'connecting: open timer',
    connecting: '!',
    resuming: '!',
    live: '!',
    waiting: '!',
    blocked: '!',
    closed: 'closed',
  },
  tokenFailed: {
    idle: '!',
    authenticating: 'waiting: drop backoff',
    connecting: '!',
    resuming: '!',
    live: '!',
    waiting: '!',
    blocked: '!',
    closed: 'closed',
  },
  welcomed: {
    idle: '!',
    authenticating: '!',
    connecting: 'resuming: resume timer',
    resuming: '!',
    live: '!',
    waiting: '!',
    blocked: '!',
    closed: 'closed',
  },
  resumed: {
    idle: '!',
    authenticating: '!',
    connecting: '!',
    resuming: 'live: timer',
    live: '!',
    waiting: '!',
    blocked: '!',
    closed: 'closed',
  },
  refused: {
    idle: '!',
    authenticating: '!',
    connecting: 'waiting: drop backoff',
    resuming: '!',
    live: '!',
    waiting: '!',
    blocked: '!',
    closed: 'closed',
  },
  lost: {
    idle: '!',
    authenticating: '!',
    connecting: 'waiting: drop backoff',
    resuming: 'waiting: drop backoff',
    live: 'waiting: drop backoff',
    waiting: '!',
    blocked: '!',
    closed: 'closed',
  },
  closing: {
    idle: '!',
    authenticating: '!',
    connecting: 'waiting: drop backoff',
    resuming: 'waiting: drop backoff',
    live: 'waiting: drop backoff',
    waiting: '!',
    blocked: '!',
    closed: 'closed',
  },
  elapsed: {
    idle: '!',
    authenticating: '!',
    connecting: 'waiting: drop backoff',
    resuming: 'waiting: drop backoff',
    live: 'live',
    waiting: 'authenticating: getToken',
    blocked: '!',
    closed: 'closed',
  },
  online: {
    idle: 'idle',
    authenticating: 'authenticating',
    connecting: 'connecting',
    resuming: 'resuming',
    live: 'live: probe',
    waiting: 'authenticating: getToken',
    blocked: 'blocked',
    closed: 'closed',
  },
  offline: {
    idle: 'idle',
    authenticating: 'authenticating',
    connecting: 'waiting: drop backoff',
    resuming: 'waiting: drop backoff',
    live: 'waiting: drop backoff',
    waiting: 'waiting',
    blocked: 'blocked',
    closed: 'closed',
  },
  visible: {
    idle: 'idle',
    authenticating: 'authenticating',
    connecting: 'connecting',
    resuming: 'resuming',
    live: 'live: probe',
    waiting: 'authenticating: getToken',
    blocked: 'blocked',
    closed: 'closed',
  },
  hidden: {
    idle: 'idle',
    authenticating: 'waiting: drop',
    connecting: 'waiting: drop',
    resuming: 'waiting: drop',
    live: 'waiting: drop',
    waiting: 'waiting: drop',
    blocked: 'blocked',
    closed: 'closed',
  },
  shown: {
    idle: 'idle',
    authenticating: 'authenticating',
    connecting: 'connecting',
    resuming: 'resuming',
    live: 'authenticating: drop getToken',
    waiting: 'authenticating: getToken',
    blocked: 'blocked',
    closed: 'closed',
  },
  signedIn: {
    idle: 'authenticating: drop getToken',
    authenticating: 'authenticating: drop getToken',
    connecting: 'authenticating: drop getToken',
    resuming: 'authenticating: drop getToken',
    live: 'authenticating: drop getToken',
    waiting: 'authenticating: drop getToken',
    blocked: 'authenticating: drop getToken',
    closed: 'closed',
  },
  signedOut: {
    idle: 'blocked: drop forget',
    authenticating: 'blocked: drop forget',
    connecting: 'blocked: drop forget',
    resuming: 'blocked: drop forget',
    live: 'blocked: drop forget',
    waiting: 'blocked: drop forget',
    blocked: 'blocked: drop forget',
    closed: 'closed',
  },
  close: {
    idle: 'closed: drop',
    authenticating: 'closed: drop',
    connecting: 'closed: drop',
    resuming: 'closed: drop',
    live: 'closed: drop',
    waiting: 'closed: drop',
    blocked: 'closed: drop',
    closed: 'closed',
  },
}

const cells = Object.entries(table).flatMap(([input, row]) =>
  Object.entries(row).map(
    ([name, cell]) => [name as Name, input as keyof typeof inputs, cell] as const,
  ),
)

/** Runs inputs one after another. */
const after = (...path: ConnectionInput[]) =>
  path.reduce<ConnectionState>((state, input) => step(state, input).state, { name: 'idle' })

const connecting = [inputs.start, inputs.token] as const
const live = [...connecting, inputs.welcomed, inputs.resumed] as const

describe('the table of states and inputs', () => {
  it.each(cells)('%s on %s is %s', (name, input, cell) => {
    const { state, effects } = step(states[name], inputs[input])
    const done = effects.map((effect) => effect.type).join(' ')
    if (cell === '!') expect([state, done]).toEqual([states[name], 'unexpected'])
    else expect(done ? `${state.name}: ${done}` : state.name).toBe(cell)
  })
})

describe('a refusal', () => {
  const refuse = (error: ReturnType<typeof shape>, renewable = true) =>
    step({ name: 'connecting', renewable, ...fresh }, { type: 'refused', error })

  it.each(Object.keys(errorCatalogue) as ErrorCode[])(
    'by %s is judged by the retry of the catalogue',
    (code) => {
      const { state } = refuse(shape(code))
      const expected = {
        never: 'blocked',
        now: 'waiting',
        backoff: 'waiting',
        after_sign_in: 'authenticating',
      }
      expect(state.name).toBe(expected[retryOf(code)])
    },
  )

  it('[AUTH-9] of an ended token asks for another one, once', () => {
    const first = refuse(shape('token_expired'))
    expect(first.effects).toEqual([{ type: 'drop' }, { type: 'getToken', reason: 'rejected' }])
    const again = step(step(first.state, inputs.token).state, {
      type: 'refused',
      error: shape('token_expired'),
    })
    expect(again.state).toMatchObject({ name: 'blocked', why: 'signed_out' })
    expect(again.effects).toContainEqual({ type: 'forget' })
  })

  it('[AUTH-5] without a token to renew is signed out', () => {
    expect(refuse(shape('unauthenticated'), false).state).toMatchObject({
      name: 'blocked',
      why: 'signed_out',
    })
  })

  it.each(['origin_denied', 'forbidden'] as const)('[ACC-7] by %s is refused for good', (code) => {
    expect(refuse(shape(code)).state).toMatchObject({
      name: 'blocked',
      why: 'refused',
      error: { code },
    })
  })

  it('that names a time is repeated not before it, whatever the browser hints', () => {
    const { state, effects } = refuse(shape('rate_limited', 7_000))
    expect(effects).toContainEqual({ type: 'backoff', failures: 0, atLeastMs: 7_000 })
    for (const hint of ['online', 'visible', 'shown', 'start'] as const) {
      expect(step(state, { type: hint }).state.name).toBe('waiting')
    }
  })

  it('with a code of a newer service is judged by its own word', () => {
    const unknown = { ...shape('internal'), code: 'brand_new' as ErrorCode }
    expect(refuse({ ...unknown, retryable: true }).state.name).toBe('waiting')
    expect(refuse({ ...unknown, retryable: false }).state.name).toBe('blocked')
  })

  it('by the token source itself is not asked about twice', () => {
    const { state } = step(states.authenticating, {
      type: 'tokenFailed',
      error: shape('unauthenticated'),
    })
    expect(state).toMatchObject({ name: 'blocked', why: 'signed_out' })
  })
})

describe('a word before the end', () => {
  const close = (
    code: 'token_expired' | 'revoked' | 'signed_out' | 'protocol_error' | 'draining',
    reconnect: boolean,
  ) => step(after(...live), { type: 'closing', code, reconnect, afterMs: 1500 })

  it('[ENV-10] that forbids connecting again is obeyed', () => {
    expect(close('revoked', false).state).toMatchObject({
      name: 'blocked',
      why: 'signed_out',
      error: { code: 'token_revoked' },
    })
    expect(close('signed_out', false).state).toMatchObject({ name: 'blocked', why: 'signed_out' })
    expect(close('protocol_error', false).state).toMatchObject({ name: 'blocked', why: 'refused' })
  })

  it('[ENV-10] that names a time is waited for', () => {
    expect(close('draining', true).effects).toContainEqual({
      type: 'backoff',
      failures: 0,
      atLeastMs: 1500,
    })
  })

  it('[AUTH-9] about the token brings another token at once', () => {
    expect(close('token_expired', true).effects).toEqual([
      { type: 'drop' },
      { type: 'getToken', reason: 'rejected' },
    ])
  })

  it('about a token that is refused over and over ends in being signed out', () => {
    const state = after(
      ...live,
      { type: 'closing', code: 'token_expired', reconnect: true, afterMs: 0 },
      inputs.token,
      inputs.welcomed,
      inputs.resumed,
    )
    const { state: again } = step(state, {
      type: 'closing',
      code: 'token_expired',
      reconnect: true,
      afterMs: 0,
    })
    expect(again).toMatchObject({ name: 'blocked', why: 'signed_out' })
  })
})

describe('attempts', () => {
  it('are counted over a connection that does not last', () => {
    const lost = after(
      ...live,
      inputs.lost,
      inputs.elapsed,
      inputs.token,
      inputs.welcomed,
      inputs.resumed,
      inputs.lost,
    )
    expect(lost).toMatchObject({ name: 'waiting', attempt: 2 })
  })

  it('start anew after one that did', () => {
    expect(after(...live, inputs.elapsed, inputs.lost)).toMatchObject({
      name: 'waiting',
      attempt: 1,
    })
  })

  it('start anew when the browser finds its network again', () => {
    const { state } = step({ ...states.waiting, attempt: 9 } as ConnectionState, { type: 'online' })
    expect(state).toMatchObject({ name: 'authenticating', attempt: 0 })
  })
})

describe('the status', () => {
  it('is connecting at first and reconnecting later', () => {
    expect(statusOf(after(inputs.start))).toBe('connecting')
    expect(statusOf(after(...connecting, inputs.lost))).toBe('connecting')
    expect(statusOf(after(...live))).toBe('live')
    expect(statusOf(after(...live, inputs.lost))).toBe('reconnecting')
    expect(
      statusOf(after(...live, inputs.lost, inputs.elapsed, inputs.token, inputs.welcomed)),
    ).toBe('reconnecting')
  })

  it('is offline when the browser says so, and after several attempts in vain', () => {
    expect(statusOf(after(...live, inputs.lost, inputs.offline))).toBe('offline')
    const vain = [inputs.elapsed, inputs.token, inputs.lost]
    expect(statusOf(after(...live, inputs.lost, ...vain))).toBe('reconnecting')
    expect(
      statusOf(
        after(
          ...live,
          inputs.lost,
          ...Array(OFFLINE_AFTER - 1)
            .fill(vain)
            .flat(),
        ),
      ),
    ).toBe('offline')
  })

  it('names why there is none', () => {
    expect(statusOf(after(inputs.signedOut))).toBe('signed_out')
    expect(statusOf(states.blocked)).toBe('refused')
    expect(statusOf(after(inputs.close))).toBe('closed')
    expect(statusOf(after())).toBe('idle')
  })
})
