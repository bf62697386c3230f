/** Tables without borders. A terminal gets only as many columns as fit. */
import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import { wrapText } from './format.ts'
import type { Shell } from './shell.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** A narrow terminal leaves this column out. The column with the highest number goes first. */
  readonly leaveOut?: number
  /** If the terminal is still too narrow, the lines of this column wrap at blanks. */
  readonly wraps?: boolean
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}

/** The lines of a cell, as shown. */
type Row = readonly string[]

/** Text, or a list of lines. A line break inside text comes from an untrusted file and is shown as text. */
export type Cell = string | readonly string[]

/** The text of the table, with the columns of these indices. */
function draw(shell: Shell, columns: readonly Column[], rows: readonly Row[], shown: readonly number[]): string {
  const table = new Table({
    head: shown.map((index) => shell.colors.dim(columns[index].title)),
    colAligns: shown.map((index) => columns[index].align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2, compact: true },
    chars: NO_LINES,
  })
  for (const row of rows) table.push(shown.map((index) => row[index]))
  return table.toString().replace(/ +$/gm, '')
}

const widthOf = (text: string): number =>
  Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map(({ length }) => length),
  )

/** If less width is left, wrapping a column would not make it easier to read. */
const NARROWEST = 16

/** Wraps the lines of one column, so that the table fits this width. */
function wrapped(rows: readonly Row[], column: number, tableWidth: number, width: number): readonly Row[] {
  const room = Math.max(...rows.map((row) => widthOf(row[column]))) - (tableWidth - width)
  if (room < NARROWEST) return rows
  return rows.map((row) =>
    row.with(
      column,
      row[column]
        .split('\n')
        .map((line) => wrapText(line, room, 2))
        .join('\n'),
    ),
  )
}

/** Prints the rows, with one cell per column, and says which columns were left out. */
export function printTable(shell: Shell, columns: readonly Column[], cells: readonly (readonly Cell[])[]): void {
  const visible = (cell: Cell): string =>
    [cell]
      .flat()
      .map((line) => shell.visible(line))
      .join('\n')
  const rows = cells.map((row) => row.map(visible))
  const expendable = columns.flatMap(({ leaveOut }, index) => (leaveOut === undefined ? [] : [index]))
  expendable.sort((a, b) => columns[b].leaveOut! - columns[a].leaveOut!)
  let shown = [...columns.keys()]
  let text = draw(shell, columns, rows, shown)
  for (const index of expendable) {
    if (widthOf(text) <= shell.width) break
    shown = shown.filter((other) => other !== index)
    text = draw(shell, columns, rows, shown)
  }
  const wrapping = shown.find((index) => columns[index].wraps)
  if (wrapping !== undefined && widthOf(text) > shell.width) {
    text = draw(shell, columns, wrapped(rows, wrapping, widthOf(text), shell.width), shown)
  }
  for (const line of text.split('\n')) shell.print(line)
  const leftOut = columns.filter((_, index) => !shown.includes(index))
  if (leftOut.length === 0) return
  shell.print(shell.colors.dim(`A wider terminal shows: ${leftOut.map(({ title }) => title).join(', ')}.`))
}
