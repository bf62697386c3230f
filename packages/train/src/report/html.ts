/** Pieces of HTML. */

/** A table of the caller's own: results of the frozen file, say. */
export interface ReportSection {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1180px; margin: 2rem auto; padding: 0 1rem; color: #1f2328; background: #fff; }
h1 { margin-bottom: 0; } .lead, .note { color: #59636e; margin-top: .25rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; display: block; overflow-x: auto; } th, td { border-bottom: 1px solid #d1d9e0; padding: .3rem .9rem .3rem 0; text-align: left; }
td { font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(480px, 100%), 1fr)); gap: 1rem; } .charts svg { width: 100%; height: auto; }
.charts.small { grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: .5rem; }
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(120px, 1fr)); gap: .8rem; padding: 0; list-style: none; font-size: 13px; }
.samples img { width: 84px; image-rendering: pixelated; border: 3px solid #d1d9e0; display: block; } .samples .right img { border-color: #1a7f37; } .samples .wrong img { border-color: #cf222e; }
pre { background: #f6f8fa; padding: .8rem; border-radius: 6px; overflow: auto; }
`

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!)
}

export function table({ title, columns, rows }: ReportSection): string {
  const cells = (tag: string, row: readonly string[]): string =>
    row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')
  return `<h2>${escapeHtml(title)}</h2><table><thead><tr>${cells('th', columns)}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells('td', row)}</tr>`)
    .join('')}</tbody></table>`
}

/** Nothing at all where there is no content. */
export function section(title: string, content: string, note?: string): string {
  if (content === '') return ''
  return `<h2>${escapeHtml(title)}</h2>${note ? `<p class="note">${escapeHtml(note)}</p>` : ''}${content}`
}
