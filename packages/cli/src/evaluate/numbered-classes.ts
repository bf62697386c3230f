/** Fits a table of classes by classes into a terminal. Leaving out columns would spoil a confusion matrix. */
import type { MetricTable } from '@onebit/core'

/** Blanks between columns. */
const GAP = 2

/**
 * Returns the table unchanged if it fits, or if its rows and columns differ. Otherwise its columns become numbers, which the rows
 * explain.
 * @param width Columns of the terminal.
 */
export function numberedClasses(table: MetricTable, width: number): MetricTable {
  const { title, columns, rows } = table
  const names = columns.slice(1)
  const isSquare = rows.length === names.length && rows.every(([name], index) => name === names[index])
  const longest = (column: number): number => Math.max(columns[column].length, ...rows.map((row) => row[column].length))
  const needed = columns.reduce((sum, _, column) => sum + longest(column) + GAP, -GAP)
  if (!isSquare || needed <= width) return table
  return {
    title: `${title}, numbered as the rows`,
    columns: [columns[0], ...names.map((_, index) => `${index + 1}`)],
    rows: rows.map(([name, ...cells], index) => [`${index + 1} ${name}`, ...cells]),
  }
}
