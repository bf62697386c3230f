/** Renders tables of text as HTML that also fits a phone. */
import { escapeHtml } from './html.ts'
import { HEAT } from './palette.ts'

/** A table that the caller adds, such as results of the frozen file. */
export interface ReportSection {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** One sentence above the table. */
  readonly note?: string
}

/** Converts text to HTML and links its terms to the glossary. */
export type Linked = (text: string) => string

type Table = Pick<ReportSection, 'columns' | 'rows'>

/** On a phone, a table with more columns than this becomes lines of a name and a value. */
const COLUMNS_OF_A_PHONE = 5

const isNumber = (cell: string): boolean => /^(-|[-+]?\d.*)?$/.test(cell)

/** True if rows and columns have the same names and the cells are counts, as in a confusion matrix. */
function isConfusion({ columns, rows }: Table): boolean {
  const names = columns.slice(1)
  return (
    rows.length > 1 &&
    rows.length === names.length &&
    rows.every(([name, ...cells], index) => name === names[index] && cells.every((cell) => /^\d+$/.test(cell)))
  )
}

/** A color between white at 0 and the heat color at 1. */
export function heatColor(share: number): string {
  return `rgb(${HEAT.map((channel) => Math.round(255 + (channel - 255) * share)).join(', ')})`
}

/** Explains how to read a confusion matrix. Empty for other tables. */
export const tableNote = (content: Table): string =>
  isConfusion(content) ? 'A darker cell holds a larger share of its row. Confusions lie outside the framed diagonal.' : ''

/** A matrix in which a cell is darker if it holds a larger share of its row. */
function heatTable({ columns, rows }: Table): string {
  const heads = columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')
  const body = rows.map(([name, ...cells], row) => {
    const total = cells.reduce((sum, cell) => sum + Number(cell), 0)
    const shown = cells.map((cell, column) => {
      const share = total === 0 ? 0 : Number(cell) / total
      const same = row === column ? ' class="same"' : ''
      return `<td${same} style="background: ${heatColor(Math.sqrt(share))}">${cell}</td>`
    })
    return `<tr><th scope="row">${escapeHtml(name)}</th>${shown.join('')}</tr>`
  })
  return `<table class="heat"><thead><tr>${heads}</tr></thead><tbody>${body.join('')}</tbody></table>`
}

/** A table of one row: names and values, side by side if there is room. */
function facts({ columns, rows: [row] }: Table, linked: Linked): string {
  const pairs = columns.map((name, index) => `<div><dt>${linked(name)}</dt><dd>${escapeHtml(row[index])}</dd></div>`)
  return `<dl class="facts">${pairs.join('')}</dl>`
}

function plainTable({ columns, rows }: Table, linked: Linked): string {
  // A style sheet that shows the parts of a table as blocks hides their meaning from screen readers. The roles restore it.
  const stacked = columns.length > COLUMNS_OF_A_PHONE
  const role = (name: string): string => (stacked ? ` role="${name}"` : '')
  const numeric = columns.map((_, index) => index > 0 && rows.every((row) => isNumber(row[index])))
  const side = (index: number): string => (numeric[index] ? ' class="number"' : '')
  const heads = columns.map((name, index) => `<th scope="col"${role('columnheader')}${side(index)}>${linked(name)}</th>`)
  const body = rows.map((row) => {
    const cells = row.map((cell, index) =>
      index === 0
        ? `<th scope="row"${role('rowheader')}>${escapeHtml(cell)}</th>`
        : `<td${role('cell')}${side(index)} data-label="${escapeHtml(columns[index])}">${escapeHtml(cell)}</td>`,
    )
    return `<tr${role('row')}>${cells.join('')}</tr>`
  })
  const name = stacked ? ' class="stack"' : ''
  const head = `<thead${role('rowgroup')}><tr${role('row')}>${heads.join('')}</tr></thead>`
  return `<table${name}${role('table')}>${head}<tbody${role('rowgroup')}>${body.join('')}</tbody></table>`
}

/** @param title The name of the table for readers who cannot see it. */
export function table(title: string, content: Table, linked: Linked): string {
  const { columns, rows } = content
  if (rows.length === 1 && columns.length > 1) return facts(content, linked)
  const html = isConfusion(content) ? heatTable(content) : plainTable(content, linked)
  // A table wider than the page scrolls in its own box, also by keyboard.
  return `<div class="wide" role="region" aria-label="${escapeHtml(title)}" tabindex="0">${html}</div>`
}
