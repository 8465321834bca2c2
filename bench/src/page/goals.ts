import { median } from '../statistics.ts'
import type { Verdict } from '../report.ts'

/** What one round came to, by name. */
export type Figures = Readonly<Record<string, number>>

export interface Goal {
  /** Name of the figure. */
  figure: string
  text: string
  /** Without one the figure is only told. */
  goal?: number
  /** Whether the goal is the most or the least that the figure may be. Default `most`. */
  is?: 'most' | 'least'
  /** Which of the rounds counts: what must never happen is judged by the worst. Default `median`. */
  by?: 'median' | 'worst'
}

export function judge(goals: readonly Goal[], rounds: readonly Figures[]): Verdict[] {
  return goals.flatMap(({ figure, text, goal, is = 'most', by = 'median' }) => {
    const values = rounds
      .map((round) => round[figure] ?? Number.NaN)
      .filter((value) => !Number.isNaN(value))
    if (values.length === 0) return []
    const worst = is === 'most' ? Math.max(...values) : Math.min(...values)
    const value = by === 'worst' ? worst : median(values)
    if (goal === undefined) return { text, value, rounds: values }
    const reached = is === 'most' ? value <= goal : value >= goal
    return { text, value, rounds: values, goal, reached }
  })
}
