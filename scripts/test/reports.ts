import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { ROOT } from './root.ts'

export interface Count {
  passed: number
  failed: number
  /** What is wrong beside single tests: a suite of no test, a skipped test, no report. */
  problems: string[]
}

interface VitestReport {
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; fullName: string }[]
  }[]
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
  errors: { message?: string }[]
}

function read(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

const nothing = (what: string): Count => ({
  passed: 0,
  failed: 0,
  problems: [`${what} wrote no report.`],
})

/**
 * Sums a JSON report of Vitest; each of these folders of the root must have run at least one test. What went wrong outside
 * the tests only its exit code tells.
 */
export function countVitest(file: string, folders: readonly string[], code: number | null): Count {
  const report = read(file) as VitestReport | undefined
  if (!report) return nothing('Vitest')
  const count: Count = { passed: 0, failed: 0, problems: [] }
  const executed = new Map<string, number>(folders.map((name) => [name, 0]))
  for (const { name, status, message, assertionResults } of report.testResults) {
    const path = relative(ROOT, name)
    if (status === 'failed' && assertionResults.length === 0) {
      count.problems.push(`${path} could not be run: ${message}`)
    }
    for (const test of assertionResults) {
      if (test.status === 'passed') count.passed++
      else if (test.status === 'failed') count.failed++
      else count.problems.push(`${path}: ${test.status}, and nothing may be: ${test.fullName}`)
      const project = path.split(/[\\/]/)[0] ?? ''
      executed.set(project, (executed.get(project) ?? 0) + 1)
    }
  }
  for (const [project, tests] of executed) {
    if (tests === 0) count.problems.push(`Not one test of ${project} was run.`)
  }
  if (code !== 0 && count.failed === 0 && count.problems.length === 0) {
    count.problems.push('Vitest saw an error outside the tests.')
  }
  return count
}

/** Sums a JSON report of Playwright. */
export function countPlaywright(file: string): Count {
  const report = read(file) as PlaywrightReport | undefined
  if (!report) return nothing('Playwright')
  const { expected, unexpected, flaky, skipped } = report.stats
  const problems = report.errors.map(({ message }) => message ?? 'an error outside the tests')
  if (flaky > 0) problems.push(`${flaky} passed only when repeated.`)
  if (skipped > 0) problems.push(`${skipped} skipped, and nothing may be.`)
  if (expected + unexpected + flaky === 0) problems.push('Not one journey was run.')
  return { passed: expected, failed: unexpected, problems }
}

/** The count that the catalogue writes. */
export function countCatalogue(file: string): Count {
  return (read(file) as Count | undefined) ?? nothing('The catalogue')
}
