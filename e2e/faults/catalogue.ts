import type { Fault } from './fault.ts'
import { kill } from './f01-kill.ts'
import { powerCut } from './f03-power-cut.ts'
import { syncBeforeAck } from './f04-sync-before-ack.ts'
import { drain } from './f06-drain.ts'
import { diskFull } from './f10-disk-full.ts'
import { noWrites, readOnly, vanished } from './f12-read-only.ts'
import { twoProcesses } from './f16-two-processes.ts'
import { duplicates } from './f40-duplicates.ts'
import { pongSender, slowReader } from './f46-slow-reader.ts'

import { flood } from './f56-flood.ts'
import { revoked } from './f62-revoked.ts'

/** Every fault, in the order of its number. */
export const faults: readonly Fault[] = [
  kill,
  powerCut,
  syncBeforeAck,
  drain,
  diskFull,
  readOnly,
  vanished,
  noWrites,
  twoProcesses,
  duplicates,
  slowReader,
  pongSender,
  flood,
  revoked,
]
