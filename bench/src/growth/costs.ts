import { median } from '../statistics.ts'
import type { Layout, Reading } from './site.ts'

/** The phase in which nobody speaks. */
export const IDLE = 'idle'

/** What was used in a stretch of time. */
export interface Used {
  seconds: number
  /** Milliseconds. */
  nodesCpu: number
  postgresCpu: number
  redisCpu: number
  statements: number
  commits: number
  walBytes: number
  walPages: number
  publishes: number
  redisBytesIn: number
  redisBytesOut: number
}

export interface Row {
  round: number
  layout: Layout
  phase: string
  messages: number
  deliveries: number
  used: Used
  /** The statements that were run most, in this stretch. */
  calls: Record<string, number>
}

const isCommit = (statement: string): boolean => /^commit$/i.test(statement)

export function difference(from: Reading, to: Reading): Pick<Row, 'used' | 'calls'> {
  const calls = Object.entries(to.postgres.calls)
    .map(([text, count]) => [text, count - (from.postgres.calls[text] ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
  const sum = (counts: typeof calls) => counts.reduce((total, [, count]) => total + count, 0)
  return {
    used: {
      seconds: (to.at - from.at) / 1000,
      nodesCpu: to.nodesCpuMs - from.nodesCpuMs,
      postgresCpu: to.postgres.cpuMs - from.postgres.cpuMs,
      redisCpu: to.redis.cpuMs - from.redis.cpuMs,
      statements: sum(calls),
      commits: sum(calls.filter(([text]) => isCommit(text))),
      walBytes: to.postgres.walBytes - from.postgres.walBytes,
      walPages: to.postgres.walPages - from.postgres.walPages,
      publishes: to.redis.publishes - from.redis.publishes,
      redisBytesIn: to.redis.bytesIn - from.redis.bytesIn,
      redisBytesOut: to.redis.bytesOut - from.redis.bytesOut,
    },
    calls: Object.fromEntries(calls.slice(0, 20)),
  }
}

/** What a message used beyond what the same people use while nothing is said. */
export function above(row: Row, idle: Row): (name: keyof Used) => number {
  const share = row.used.seconds / idle.used.seconds
  return (name) => (row.used[name] - idle.used[name] * share) / row.messages
}

export interface Spread {
  middle: number
  least: number
  most: number
}

export const spread = (values: readonly number[]): Spread => ({
  middle: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
})
