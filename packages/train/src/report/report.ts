/** A run as one self-contained HTML page: no script, no request, opens offline. */
import type { SamplePrediction } from '../evaluate.ts'
import type { RunRecord } from '../run-folder.ts'
import { latentHistograms, layerCurves, trainingCurves } from './curves.ts'
import { escapeHtml, type ReportSection, STYLE, section, table } from './html.ts'

export type { ReportSection } from './html.ts'

function overview(run: RunRecord): ReportSection {
  const last = run.epochs.at(-1)
  return {
    title: 'Training',
    columns: ['data', 'epochs', 'seconds', 'images/s', 'test accuracy'],
    rows: [
      [
        run.data,
        `${run.epochs.length}${run.interrupted ? ' (interrupted)' : ''}`,
        run.seconds.toFixed(1),
        last?.imagesPerSecond?.toFixed(0) ?? '-',
        last ? `${(100 * last.testAccuracy).toFixed(2)} %` : '-',
      ],
    ],
  }
}

/** What each stage did, where there were several. */
function stageSection({ stages = [], epochs }: RunRecord): string {
  if (stages.length < 2) return ''
  const rows = stages.map(({ name = '', binary, epochs: planned, optimizer, learningRate, weightDecay }) => {
    const last = epochs.filter(({ stage }) => stage === name).at(-1)
    return [
      name,
      binary ?? '-',
      `${planned}`,
      (typeof optimizer === 'string' ? optimizer : optimizer?.name) ?? '-',
      `${learningRate}`,
      `${weightDecay}`,
      last ? `${(100 * last.testAccuracy).toFixed(2)} %` : '-',
    ]
  })
  const columns = ['stage', 'binary', 'epochs', 'optimizer', 'learning rate', 'weight decay', 'test accuracy']
  return table({ title: 'Stages', columns, rows })
}

function sample({ label, predicted, score, png }: SamplePrediction): string {
  const right = label === predicted
  const said = `${escapeHtml(predicted)} ${(100 * score).toFixed(0)} %`
  const text = right ? said : `${said}<br>is ${escapeHtml(label)}`
  const picture = `<img alt="${escapeHtml(label)}" src="data:image/png;base64,${png}">`
  return `<li${right ? '' : ' class="wrong"'}>${picture}${text}</li>`
}

/** @param sections Tables shown above the charts. */
export function renderReport(title: string, run: RunRecord, sections: readonly ReportSection[] = []): string {
  const charts = (content: string, small = ''): string => content && `<div class="charts${small}">${content}</div>`
  const samples = (run.samples ?? []).map(sample).join('')
  const recipe = run.recipe ? `<pre>${escapeHtml(JSON.stringify(run.recipe, null, 2))}</pre>` : ''
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1><p class="lead">One-bit network, trained and frozen with Onebit.</p>
${sections.map(table).join('\n')}
${table(overview(run))}
<p class="note">Engine ${escapeHtml(run.engine)}</p>
${stageSection(run)}
${section('Curves', charts(trainingCurves(run)))}
${section('Layers', charts(layerCurves(run)), 'Measured after each epoch on the first test images.')}
${section('Latent weights', charts(latentHistograms(run), ' small'), 'After the last epoch. A weight left of 0 freezes to -1.')}
${section('Sample predictions', samples && `<ul class="samples">${samples}</ul>`)}
${section('Recipe', recipe)}
</body></html>
`
}
