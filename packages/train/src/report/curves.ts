/** The charts of a run: how training went, and how each quantized layer fared. */
import type { EpochRecord } from '../events.ts'
import type { RunRecord } from '../run-record.ts'
import { barChart, lineChart, type Series } from './charts.ts'

/** One line per layer; stages may differ in what is quantized, so lines may have gaps. */
function perLayer(epochs: readonly EpochRecord[], value: (record: EpochRecord, layer: string) => number | undefined): Series[] {
  const names = new Set(epochs.flatMap((record) => [...Object.keys(record.layers), ...Object.keys(record.flipRatio)]))
  return [...names]
    .map((name) => ({ name, values: epochs.map((record) => value(record, name)) }))
    .filter(({ values }) => values.some((entry) => entry !== undefined))
}

const percent = (share: number | undefined): number | undefined => (share === undefined ? undefined : 100 * share)

/** One chart a metric: what was seen in training, where it was measured then, and what epochs ended with. */
function metricCharts({ epochs, metrics, evaluated }: RunRecord): string[] {
  return metrics.map(({ name, unit }) => {
    const scale = unit === 'share' ? percent : (value: number | undefined) => value
    const training = { name: 'train', values: epochs.map((record) => scale(record.training[name])) }
    const evaluation = { name: evaluated, values: epochs.map((record) => scale(record.evaluation[name])) }
    return lineChart({
      title: name[0].toUpperCase() + name.slice(1),
      xLabel: 'epoch',
      yLabel: unit === 'share' ? '%' : '',
      x: epochs.map(({ epoch }) => epoch),
      series: [training, evaluation].filter(({ values }) => values.some((value) => value !== undefined)),
    })
  })
}

export function trainingCurves(run: RunRecord): string {
  const { epochs, losses } = run
  const x = epochs.map(({ epoch }) => epoch)
  return [
    lineChart({
      title: 'Training loss: mean since the last point',
      xLabel: 'step',
      yLabel: '',
      x: losses.map(({ step }) => step),
      runsOn: true,
      series: [{ name: 'train', values: losses.map(({ loss }) => loss) }],
    }),
    ...metricCharts(run),
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
      series: perLayer(epochs, ({ flipRatio }, name) => percent(flipRatio[name])),
    }),
  ].join('')
}

type Charted = 'saturatedActivations' | 'saturatedWeights' | 'signEntropy' | 'weightSignEntropy' | 'deadChannels'

const layerCharts: readonly [metric: Charted, title: string, unit: string][] = [
  ['saturatedActivations', 'Saturated gradients of activations', '%'],
  ['saturatedWeights', 'Saturated gradients of weights', '%'],
  ['signEntropy', 'Sign entropy of activations', 'bits'],
  ['weightSignEntropy', 'Sign entropy of weights', 'bits'],
  ['deadChannels', 'Dead channels: signs that never change', '%'],
]

export function layerCurves({ epochs }: RunRecord): string {
  return layerCharts
    .map(([metric, title, unit]) => {
      const scale = unit === '%' ? percent : (value: number | undefined) => value
      const series = perLayer(epochs, (record, name) => scale(record.layers[name]?.[metric]))
      if (series.length === 0) return ''
      return lineChart({ title, xLabel: 'epoch', yLabel: unit, x: epochs.map(({ epoch }) => epoch), minimum: 0, series })
    })
    .join('')
}

/** After the last epoch. */
export function latentHistograms({ epochs }: RunRecord): string {
  const last = epochs.at(-1)
  if (!last) return ''
  return Object.entries(last.layers)
    .map(([name, { latentWeights }]) => {
      if (!latentWeights) return ''
      const { from, to, counts } = latentWeights
      const middle = (bin: number): string => (from + ((bin + 0.5) * (to - from)) / counts.length).toFixed(2)
      return barChart({ title: name, x: counts.map((_, bin) => middle(bin)), values: counts })
    })
    .join('')
}
