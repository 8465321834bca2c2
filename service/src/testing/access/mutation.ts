import { spawn, type ChildProcess } from 'node:child_process'
import { globSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Expected } from './page.ts'
import { mutantsOf, type Mutant } from './mutants.ts'
import type { Task, Verdict } from './mutant-worker.ts'
import { allProbes } from './probes.ts'
import { reasonFor } from './survivors.ts'

export const ROOT = resolve(import.meta.dirname, '../..')
const WORKER = join(import.meta.dirname, 'mutant-worker.ts')
/** A mutant that takes longer has hung somebody up. */
const PATIENCE_MS = 90_000
const PROCESSES = 2

/** Domains whose cells may turn by a change of a file, the likeliest first. */
const TOUCHED: Record<string, readonly string[]> = {
  activities: ['activities', 'delivery', 'presence', 'streams'],
  auth: ['auth', 'credentials'],
  chat: ['chat', 'streams', 'delivery'],
  contacts: ['contacts', 'users', 'delivery'],
  groups: ['groups', 'chat', 'activities'],
  presence: ['presence', 'delivery'],
  streams: ['streams', 'credentials', 'delivery'],
  system: ['system'],
  users: ['users', 'auth', 'credentials', 'streams'],
}
const ALL = [
  'users',
  'chat',
  'activities',
  'presence',
  'auth',
  'streams',
  'credentials',
  'groups',
  'contacts',
  'delivery',
  'system',
]

/** The doors look at credentials, and take streams up again. */
const AT_THE_DOORS: readonly string[] = ['credentials', 'streams', 'delivery']

const domainsOf = ({ file }: Mutant): readonly string[] =>
  file.startsWith('transport/')
    ? AT_THE_DOORS
    : (TOUCHED[/^domains\/(\w+)\//.exec(file)?.[1] ?? ''] ?? ALL)

/** Every check of the kernel and the domains, and those of the doors that decide who somebody is and what they take up again. */
export function allMutants(): Mutant[] {
  const files = globSync(
    '{kernel/{access,context,dispatch,executor,grants}.ts,transport/{authenticator,catch-up}.ts,domains/**/*.ts}',
    { cwd: ROOT },
  )
  return files
    .filter((file) => !file.endsWith('.test.ts'))
    .toSorted()
    .flatMap((file) => mutantsOf(join(ROOT, file), ROOT))
}

export interface Judged extends Verdict {
  mutant: Mutant
}

export interface MutateOptions {
  expected: Expected
  /** Only mutants whose place contains this. */
  only?: string
  say?(line: string): void
}

export const placeOf = ({ file, line, within, original, replacement }: Mutant): string =>
  `${file}:${line} ${within}: ${original.slice(0, 90)} → ${replacement || 'nothing'}`

/** Plays the matrix on every mutant; says which are killed and which survive. */
export async function mutate({
  expected,
  only = '',
  say = () => {},
}: MutateOptions): Promise<{ survivors: number; unexplained: number }> {
  const mutants = allMutants().filter((each) => placeOf(each).includes(only))
  say(`${mutants.length} mutants, ${allProbes().filter(({ main }) => main).length} cells`)
  const judged = await judgeAll(mutants, {
    expected,
    onVerdict({ mutant, red, ms }) {
      const seconds = `${(ms / 1000).toFixed(1)} s`
      const reason = red === undefined ? reasonFor(mutant) : undefined
      const outcome = red === undefined ? (reason ? `SURVIVED, ${reason}` : 'SURVIVED') : 'killed'
      say(`${outcome.padEnd(8)} ${seconds} ${placeOf(mutant)}${red ? `  [${red}]` : ''}`)
    },
  })
  const survivors = judged.filter(({ red }) => red === undefined)
  const unexplained = survivors.filter(({ mutant }) => !reasonFor(mutant))
  return { survivors: survivors.length, unexplained: unexplained.length }
}

interface JudgeOptions {
  expected: Expected
  processes?: number
  onVerdict?(judged: Judged): void
}

export async function judgeAll(
  mutants: readonly Mutant[],
  { expected, processes = PROCESSES, onVerdict }: JudgeOptions,
): Promise<Judged[]> {
  const left = mutants.map((mutant, id): Task => {
    const domains = domainsOf(mutant)
    const ofThese = [...expected].filter(([key]) => domains.includes(key.split(' | ')[0]!))
    return { id, mutant, domains, root: ROOT, expected: ofThese }
  })
  const judged: Judged[] = []
  const lane = async () => {
    let worker: Worker | undefined
    for (let task = left.shift(); task; task = left.shift()) {
      worker ??= startWorker()
      const verdict = await worker.judge(task)
      // What broke one mutant is not to be met by the next.
      if (verdict.red?.startsWith('it ')) {
        worker.end()
        worker = undefined
      }
      const each = { ...verdict, mutant: task.mutant }
      judged.push(each)
      onVerdict?.(each)
    }
    worker?.end()
  }
  await Promise.all(Array.from({ length: processes }, lane))
  return judged
}

interface Worker {
  judge(task: Task): Promise<Verdict>
  end(): void
}

function startWorker(): Worker {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=collab-kit-source', '--disable-warning=ExperimentalWarning', WORKER],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: child.stdout! })
  return {
    judge: (task) =>
      new Promise((done) => {
        const since = performance.now()
        const broken = (red: string) =>
          settle({ id: task.id, red, cells: 0, ms: performance.now() - since })
        const gone = () => broken('it ended the process')
        const late = setTimeout(() => broken('it hung'), PATIENCE_MS)
        const settle = (verdict: Verdict) => {
          clearTimeout(late)
          child.off('exit', gone)
          done(verdict)
        }
        child.once('exit', gone)
        lines.once('line', (line) => settle(JSON.parse(line) as Verdict))
        child.stdin!.write(`${JSON.stringify(task)}\n`)
      }),
    end: () => void child.kill('SIGKILL'),
  }
}
