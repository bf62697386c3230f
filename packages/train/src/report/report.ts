/** A run as one self-contained HTML page: no script, no request, opens offline. */
import type { RunRecord } from '../run-folder.ts'
import { lineChart } from './charts.ts'

/** A table of the caller's own: results of the frozen file, say. */
export interface ReportSection {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1180px; margin: 2rem auto; padding: 0 1rem; color: #1f2328; background: #fff; }
h1 { margin-bottom: 0; } .lead { color: #59636e; margin-top: .25rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; } th, td { border-bottom: 1px solid #d1d9e0; padding: .3rem .9rem .3rem 0; text-align: left; }
td { font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(480px, 1fr)); gap: 1rem; } .charts svg { width: 100%; height: auto; }
pre { background: #f6f8fa; padding: .8rem; border-radius: 6px; overflow: auto; }
`

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!)
}

function table({ title, columns, rows }: ReportSection): string {
  const cells = (tag: string, row: readonly string[]): string =>
    row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')
  return `<h2>${escapeHtml(title)}</h2><table><thead><tr>${cells('th', columns)}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells('td', row)}</tr>`)
    .join('')}</tbody></table>`
}

function charts({ epochs, losses }: RunRecord): string {
  const x = epochs.map(({ epoch }) => epoch)
  const layers = Object.keys(epochs[0]?.flipRatio ?? {})
  return [
    lineChart({
      title: 'Training loss: mean cross-entropy since the last point',
      xLabel: 'step',
      yLabel: 'nats',
      x: losses.map(({ step }) => step),
      series: [{ name: 'train', values: losses.map(({ loss }) => loss) }],
    }),
    lineChart({
      title: 'Accuracy',
      xLabel: 'epoch',
      yLabel: '%',
      x,
      series: [
        { name: 'train', values: epochs.map(({ accuracy }) => 100 * accuracy) },
        { name: 'test', values: epochs.map(({ testAccuracy }) => 100 * testAccuracy) },
      ],
    }),
    lineChart({
      title: 'Learning rate',
      xLabel: 'epoch',
      yLabel: '',
      x,
      minimum: 0,
      series: [{ name: 'at the end of the epoch', values: epochs.map(({ learningRate }) => learningRate) }],
    }),
    lineChart({
      title: 'Flip ratio: binary weights that changed sign',
      xLabel: 'epoch',
      yLabel: '% of weights',
      x,
      minimum: 0,
      series: layers.map((name) => ({ name, values: epochs.map(({ flipRatio }) => 100 * flipRatio[name]) })),
    }),
  ].join('')
}

/** @param sections Tables shown above the charts. */
export function renderReport(title: string, run: RunRecord, sections: readonly ReportSection[] = []): string {
  const last = run.epochs.at(-1)
  const overview: ReportSection = {
    title: 'Training',
    columns: ['data', 'engine', 'epochs', 'seconds', 'images/s', 'test accuracy'],
    rows: [
      [
        run.data,
        run.engine,
        `${run.epochs.length}${run.interrupted ? ' (interrupted)' : ''}`,
        run.seconds.toFixed(1),
        last ? last.imagesPerSecond.toFixed(0) : '-',
        last ? `${(100 * last.testAccuracy).toFixed(2)} %` : '-',
      ],
    ],
  }
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1><p class="lead">One-bit network, trained and frozen with Onebit.</p>
${sections.map(table).join('\n')}
${table(overview)}
<h2>Curves</h2><div class="charts">${charts(run)}</div>
<h2>Recipe</h2><pre>${escapeHtml(JSON.stringify(run.recipe, null, 2))}</pre>
</body></html>
`
}
