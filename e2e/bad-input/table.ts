import type { Row } from './row.ts'
import { withoutSubject } from './without-subject.ts'

/** Cells of the table of `docs/bad-input.md`, in the order of the catalogue. */
export function tableOf(rows: readonly Pick<Row, 'number' | 'sent' | 'answered'>[]): string[][] {
  const cells = [
    ...rows.map(({ number, sent, answered }) => [String(number), sent, answered]),
    ...withoutSubject.map(({ number, reason }) => [
      String(number),
      '–',
      `no subject yet: ${reason}`,
    ]),
  ]
  return cells.sort(([a], [b]) => Number(a) - Number(b))
}

/** Cells of the rows of the first table of a Markdown text, however they are padded. */
export function cellsOf(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => /^\|\s*\d/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    )
}

/** The table as Markdown. */
export function toMarkdown(cells: readonly string[][]): string {
  const lines = cells.map(
    (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  )
  return ['| Row | Sent | Answered |', '| --- | --- | --- |', ...lines].join('\n')
}
