import type { Fault } from './fault.ts'
import { weather } from './f00-weather.ts'
import { kill } from './f01-kill.ts'
import { killBeforeAck, nodeKilledBeforeAck } from './f02-kill-before-ack.ts'
import { powerCut } from './f03-power-cut.ts'
import { syncBeforeAck } from './f04-sync-before-ack.ts'
import { drain } from './f06-drain.ts'
import { sseDrain } from './f09-sse-drain.ts'
import { diskFull } from './f10-disk-full.ts'
import { noWrites, readOnly, vanished } from './f12-read-only.ts'
import { writeLock } from './f14-write-lock.ts'
import { twoProcesses } from './f16-two-processes.ts'
import { postgresStopped } from './f17-postgres-stopped.ts'
import { connectionsTerminated } from './f18-connections-terminated.ts'
import { replyCut } from './f19-reply-cut.ts'
import { locked } from './f21-locked.ts'
import { redisKilled, redisStalled } from './f25-redis.ts'
import { nodeKilled } from './f30-node-killed.ts'
import { presence } from './f30-presence.ts'
import { nodeFrozen } from './f31-node-frozen.ts'
import { postgresCutOff, redisCutOff } from './f32-cut-off.ts'
import { rollingRestart } from './f33-rolling-restart.ts'
import { halfOpen, oneWay } from './f35-half-open.ts'
import { duplicates } from './f40-duplicates.ts'
import { reload } from './f42-reload.ts'
import { expiryHerd } from './f45-expiry-herd.ts'
import { pongSender, slowReader } from './f46-slow-reader.ts'
import { stall } from './f51-stall.ts'
import { flood } from './f56-flood.ts'
import { issuerKeys } from './f60-issuer-keys.ts'
import { revokedElsewhere } from './f62-revoked-elsewhere.ts'
import { revoked } from './f62-revoked.ts'

/** Every fault, in the order of its number. */
export const faults: readonly Fault[] = [
  weather,
  kill,
  killBeforeAck,
  nodeKilledBeforeAck,
  powerCut,
  syncBeforeAck,
  drain,
  sseDrain,
  diskFull,
  readOnly,
  vanished,
  noWrites,
  writeLock,
  twoProcesses,
  postgresStopped,
  connectionsTerminated,
  replyCut,
  locked,
  redisKilled,
  redisStalled,
  nodeKilled,
  presence,
  nodeFrozen,
  redisCutOff,
  postgresCutOff,
  rollingRestart,
  halfOpen,
  oneWay,
  duplicates,
  reload,
  expiryHerd,
  slowReader,
  pongSender,
  stall,
  flood,
  issuerKeys,
  revoked,
  revokedElsewhere,
]

/** Faults that cannot befall this service, and why. */
export const withoutSubject: Readonly<Record<string, string>> = {
  F24: 'no connection listens to PostgreSQL: nodes hear of each other by Redis, and ask the database themselves',
  F28: 'no Redis stream is read: what passes through Redis is a hint, and a node reads what it missed from the log',
}
