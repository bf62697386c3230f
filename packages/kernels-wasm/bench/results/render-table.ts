/** The results as a page: bench/results/kernels.md. */

import { engineName, type KernelResults, type ResultRow } from './kernel-results.ts'
import { summaryTable } from './summary.ts'

function cell(row: ResultRow | undefined): string {
  if (!row) return ''
  if (row.ratio === null) return 'not verified'
  const known = row.ratios.filter((ratio) => ratio !== null)
  const range = `${Math.min(...known).toFixed(2)} to ${Math.max(...known).toFixed(2)}`
  return `**${row.ratio.toFixed(2)}** (${range}); ${row.oursMs.toFixed(2)} / ${row.peerMs.toFixed(2)} ms`
}

export function renderTable({ command, date, machine, processes, tables }: KernelResults): string {
  const [first] = tables
  const lines = first.rows.map((row) => {
    const others = tables.map(({ rows }) => rows.find((other) => other.case === row.case && other.peer === row.peer))
    return `| ${row.case} | ${row.peer} | ${others.map(cell).join(' | ')} |`
  })
  const headings = tables.map(engineName)
  const engines = tables.map(({ engine, flags }) => `${engine} (${flags.join(', ')})`).join('; ')
  const loads = tables.map(({ loads }) => `${loads[0].toFixed(1)} to ${loads[1].toFixed(1)}`).join(' and ')
  return `# Kernels and their rivals

Written by \`${command}\` on ${date.slice(0, 10)}: ${machine.processor}, ${machine.processors} virtual processors (${machine.extensions.join(', ')}), load ${loads}.
Engines: ${engines}.

**How many times longer the rival takes**, median of ${processes} processes (smallest to largest); milliseconds of ours / of the rival. All
engines run on one thread, batch 1, interleaved in one process. Ours equals the reference backend bit for bit in every row, but for what an int16 or int8 stem leaves
(relative error below 0.1 % and 3 %, the layers behind it exact); a rival's float32 answer has a relative error below 1e-5, an
int8 one below 3 %. A layer's rivals run the float32 convolution alone.

## In short

${summaryTable(tables)}

## Every row

| case | rival | ${headings.join(' | ')} |
| --- | --- | ${headings.map(() => '---').join(' | ')} |
${lines.join('\n')}
`
}
