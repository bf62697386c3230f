/** A cell per column. */
export type Row = readonly string[]

/** A Markdown table with padded columns, as the formatter makes it. All columns but the first align to `side`. */
export function table(head: Row, rows: readonly Row[], side: 'left' | 'right' = 'left'): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const isRight = (column: number): boolean => side === 'right' && column > 0
  const line = (row: Row): string => {
    const padded = row.map((cell, column) => (isRight(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
    return `| ${padded.join(' | ')} |`
  }
  const rule = widths.map((width, column) => (isRight(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [line(cells[0]), `| ${rule.join(' | ')} |`, ...cells.slice(1).map(line)].join('\n')
}
