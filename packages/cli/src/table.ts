/** Tables without boxes: a rule under the heading, space between the columns. */
import Table from 'cli-table3'
import type { Shell } from './shell.ts'

/** @param numeric Indices of columns that are aligned to the right. */
export function makeTable(shell: Shell, head: readonly string[], numeric: readonly number[] = []): Table.Table {
  return new Table({
    head: head.map((title) => shell.colors.dim(title)),
    colAligns: head.map((_, column) => (numeric.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2, compact: true },
    chars: {
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
    },
  })
}
