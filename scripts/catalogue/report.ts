import type { StoryResult } from './story.ts'

const failures = ({ modes }: StoryResult) =>
  modes.filter(({ problems }) => problems.length > 0).length

/** A line for every story: how often it was looked at, how often something was wrong. */
export function table(results: readonly StoryResult[]): string {
  const rows = results.map((result) => [
    `${result.story.title} · ${result.story.name}`,
    String(result.modes.length),
    String(failures(result)),
    `${(result.ms / 1000).toFixed(1)} s`,
  ])
  const all = [['story', 'checked', 'failed', 'took'], ...rows]
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  )
  return all
    .map(([name = '', ...rest]) =>
      [
        name.padEnd(widths[0] ?? 0),
        ...rest.map((cell, index) => cell.padStart(widths[index + 1] ?? 0)),
      ].join('  '),
    )
    .join('\n')
}

/** What was wrong: the same thing in several modes once. */
export function findings(results: readonly StoryResult[]): string[] {
  return results.flatMap(({ story, modes }) => {
    const inModes = new Map<string, string[]>()
    for (const { mode, problems } of modes) {
      for (const problem of problems) inModes.set(problem, [...(inModes.get(problem) ?? []), mode])
    }
    return [...inModes].map(([problem, names]) => {
      const where = names.length === modes.length ? 'everywhere' : names.join(', ')
      return `${story.id} (${where})\n    ${problem.replaceAll(/\s+/g, ' ').slice(0, 400)}`
    })
  })
}

export function count(results: readonly StoryResult[]): { passed: number; failed: number } {
  const failed = results.reduce((sum, result) => sum + failures(result), 0)
  return { passed: results.reduce((sum, { modes }) => sum + modes.length, 0) - failed, failed }
}
