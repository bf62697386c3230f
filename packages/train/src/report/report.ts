/** A run as one self-contained HTML page: no script, no request, opens offline. */
import type { JsonValue, MetricInfo } from '@onebit/core'
import type { RunRecord, SampleRecord } from '../run-record.ts'
import { latentHistograms, layerCurves, trainingCurves } from './curves.ts'
import { escapeHtml, type ReportSection, STYLE, section, table } from './html.ts'

export type { ReportSection } from './html.ts'

/** A value as people read it: shares in percent. */
function show({ unit }: MetricInfo, value: number | undefined): string {
  if (value === undefined || value === null) return '-'
  return unit === 'share' ? `${(100 * value).toFixed(2)} %` : value.toFixed(4)
}

function overview(run: RunRecord): ReportSection {
  const { data, epochs, interrupted, seconds, metrics, evaluated, test } = run
  const last = epochs.at(-1)
  const values = test ?? last?.evaluation ?? {}
  const part = test ? 'test' : evaluated
  return {
    title: 'Training',
    columns: ['data', 'epochs', 'seconds', 'images/s', ...metrics.map(({ name }) => `${part} ${name}`)],
    rows: [
      [
        data,
        `${epochs.length}${interrupted ? ' (interrupted)' : ''}`,
        seconds.toFixed(1),
        last?.imagesPerSecond?.toFixed(0) ?? '-',
        ...metrics.map((metric) => show(metric, values[metric.name])),
      ],
    ],
  }
}

/** What each stage did, where there were several. */
function stageSection({ stages, epochs, metrics: [headline], evaluated }: RunRecord): string {
  if (stages.length < 2) return ''
  const text = (value: JsonValue | undefined): string => {
    const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : value
    return name === undefined || name === null ? '-' : String(name)
  }
  const rows = stages.map(({ name, binary, epochs: planned, optimizer, learningRate, weightDecay }) => {
    const last = epochs.filter(({ stage }) => stage === name).at(-1)
    const settings = [binary, planned, optimizer, learningRate, weightDecay].map(text)
    return [name, ...settings, show(headline, last?.evaluation[headline.name])]
  })
  const columns = ['stage', 'binary', 'epochs', 'optimizer', 'learning rate', 'weight decay', `${evaluated} ${headline.name}`]
  return table({ title: 'Stages', columns, rows })
}

function sample({ annotation, prediction, right, png }: SampleRecord): string {
  const said = escapeHtml(prediction)
  const text = right === true ? said : `${said}<br>is ${escapeHtml(annotation)}`
  const picture = `<img alt="${escapeHtml(annotation)}" src="data:image/png;base64,${png}">`
  const name = right === undefined ? '' : right ? ' class="right"' : ' class="wrong"'
  return `<li${name}>${picture}${text}</li>`
}

/** @param sections Tables shown above the charts. */
export function renderReport(title: string, run: RunRecord, sections: readonly ReportSection[] = []): string {
  const charts = (content: string, small = ''): string => content && `<div class="charts${small}">${content}</div>`
  const samples = run.samples.map(sample).join('')
  const recipe = run.recipe ? `<pre>${escapeHtml(JSON.stringify(run.recipe, null, 2))}</pre>` : ''
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1><p class="lead">One-bit network, trained and frozen with Onebit.</p>
${sections.map(table).join('\n')}
${table(overview(run))}
<p class="note">Engine ${escapeHtml(run.engine)}</p>
${stageSection(run)}
${(run.tables ?? []).map(table).join('\n')}
${section('Curves', charts(trainingCurves(run)))}
${section('Layers', charts(layerCurves(run)), 'Measured after each epoch on the first pictures that epochs are measured on.')}
${section('Latent weights', charts(latentHistograms(run), ' small'), 'After the last epoch. A weight left of 0 freezes to -1.')}
${section('Sample predictions', samples && `<ul class="samples">${samples}</ul>`)}
${section('Recipe', recipe)}
</body></html>
`
}
