import type { Fault } from './fault.ts'
import { kill } from './f01-kill.ts'
import { drain } from './f06-drain.ts'
import { twoProcesses } from './f16-two-processes.ts'
import { duplicates } from './f40-duplicates.ts'

/** Every fault, in the order of its number. */
export const faults: readonly Fault[] = [kill, drain, twoProcesses, duplicates]
