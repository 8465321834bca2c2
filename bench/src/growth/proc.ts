import { readdirSync, readFileSync } from 'node:fs'

/** What proc(5) tells of processes: Linux alone has it. */
const text = (path: string): string | undefined => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    // It has ended since it was listed.
    return undefined
  }
}

const ids = (folder: string): string[] => readdirSync(folder).filter((name) => /^\d+$/.test(name))

/** CPU time of all threads of a process, milliseconds; of threads that live. */
export const cpuMs = (pid: number): number =>
  ids(`/proc/${pid}/task`).reduce(
    (sum, task) => sum + Number(text(`${pid}/task/${task}/schedstat`)?.split(' ')[0] ?? 0) / 1e6,
    0,
  )

/** Of a process and its children, those that have ended among them. */
export function familyCpuMs(pid: number): number {
  const children = ids('/proc').filter((id) => Number(statOf(id)?.[PARENT]) === pid)
  const own = statOf(String(pid))
  const ended = (Number(own?.[ENDED_USER]) + Number(own?.[ENDED_SYSTEM])) * TICK_MS
  return children.reduce((sum, id) => sum + familyMemberMs(Number(id)), cpuMs(pid) + ended)
}

function familyMemberMs(pid: number): number {
  try {
    return cpuMs(pid)
  } catch {
    // It has ended since it was listed, and is in its parent's account.
    return 0
  }
}

/** The fields after the name, which may hold anything. */
function statOf(id: string): string[] | undefined {
  const stat = text(`${id}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

const PARENT = 1
const ENDED_USER = 13
const ENDED_SYSTEM = 14
/** 100 a second everywhere that matters. */
const TICK_MS = 10

/** Memory of a process that is in RAM, MB. */
export const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(text(`${pid}/status`) ?? '')?.[1] ?? Number.NaN) / 1024
