/** The charts of a run: the course of training, and the health of each quantized layer. */
import type { EpochRecord } from '../events.ts'
import type { RunRecord } from '../run-record.ts'
import { barChart, lineChart, type Series } from './charts.ts'
import { epochName, epochsOf } from './epochs.ts'
import type { Linked } from './tables.ts'

type Value = number | undefined

const isKnown = (value: Value): value is number => value !== undefined && value !== null

const withPoints = (series: readonly Series[]): Series[] => series.filter(({ values }) => values.some(isKnown))

/** One line per layer. Stages may quantize different layers, so lines may have gaps. */
function perLayer(epochs: readonly EpochRecord[], value: (record: EpochRecord, layer: string) => Value): Series[] {
  const names = new Set(epochs.flatMap((record) => [...Object.keys(record.layers), ...Object.keys(record.flipRatio)]))
  return withPoints([...names].map((name) => ({ name, values: epochs.map((record) => value(record, name)) })))
}

const percent = (share: Value): Value => (isKnown(share) ? 100 * share : undefined)

/** The properties that all charts over epochs share. */
const overEpochs = (run: RunRecord, linked: Linked) => ({
  xLabel: 'epoch',
  x: epochsOf(run).map((record) => epochName(record)),
  linked,
})

/** One chart per metric: its training value, if it was computed during training, and its value after each epoch. */
function metricCharts(run: RunRecord, linked: Linked): string[] {
  const epochs = epochsOf(run)
  return run.metrics.map(({ name, unit, better, description }) => {
    const scale = unit === 'share' ? percent : (value: Value) => value
    const series = withPoints([
      { name: 'training', values: epochs.map((record) => scale(record.training[name])) },
      { name: run.evaluated, values: epochs.map((record) => scale(record.evaluation[name])) },
    ])
    return lineChart({
      ...overEpochs(run, linked),
      // A damaged record may have an empty name.
      title: name.slice(0, 1).toUpperCase() + name.slice(1),
      explanation: `${description} ${better === 'higher' ? 'Higher' : 'Lower'} is better.`,
      unit: unit === 'share' ? '%' : '',
      series,
    })
  })
}

function lossCharts(run: RunRecord, linked: Linked): string[] {
  const { losses, evaluated } = run
  const epochs = epochsOf(run)
  const series = withPoints([
    { name: 'training', values: epochs.map(({ loss }) => loss) },
    { name: evaluated, values: epochs.map(({ evaluationLoss }) => evaluationLoss) },
  ])
  const hint = `If the ${evaluated} loss rises while the training loss falls, the network memorizes its training pictures.`
  return [
    lineChart({
      ...overEpochs(run, linked),
      title: 'Loss',
      explanation: `Mean over the pictures. Lower is better. ${series.length > 1 ? hint : ''}`,
      unit: '',
      series,
    }),
    lineChart({
      linked,
      title: 'Training loss by step',
      explanation: 'Each point is the mean of the steps since the previous point.',
      xLabel: 'step',
      unit: '',
      x: losses.map(({ step }) => step),
      runsOn: true,
      series: [{ name: 'training', values: losses.map(({ loss }) => loss) }],
    }),
  ]
}

export function trainingCurves(run: RunRecord, linked: Linked): string {
  const epochs = epochsOf(run)
  return [
    ...metricCharts(run, linked),
    ...lossCharts(run, linked),
    lineChart({
      ...overEpochs(run, linked),
      title: 'Learning rate',
      explanation: 'Measured at the end of each epoch.',
      unit: '',
      minimum: 0,
      series: [{ name: 'learning rate', values: epochs.map(({ learningRate }) => learningRate) }],
    }),
  ].join('')
}

type Charted = 'saturatedActivations' | 'saturatedWeights' | 'signEntropy' | 'weightSignEntropy' | 'deadChannels'

const layerCharts: readonly [metric: Charted, title: string, unit: string, explanation: string][] = [
  [
    'saturatedActivations',
    'Saturated gradients of activations',
    '%',
    'Share of values for which the quantizer blocks the gradient.',
  ],
  [
    'saturatedWeights',
    'Saturated gradients of weights',
    '%',
    'Share of latent weights for which the quantizer blocks the gradient.',
  ],
  ['signEntropy', 'Sign entropy of activations', 'bits', '1 means as many +1 as -1; 0 means always the same sign.'],
  ['weightSignEntropy', 'Sign entropy of weights', 'bits', '1 means as many +1 as -1; 0 means always the same sign.'],
  ['deadChannels', 'Dead channels', '% of channels', 'Share of channels whose sign is the same for all pictures examined.'],
]

export function layerCurves(run: RunRecord, linked: Linked): string {
  const epochs = epochsOf(run)
  const flips = lineChart({
    ...overEpochs(run, linked),
    title: 'Flip ratio',
    explanation: 'Share of the binary weights whose sign changed during the epoch. It falls as training settles.',
    unit: '% of weights',
    minimum: 0,
    series: perLayer(epochs, ({ flipRatio }, name) => percent(flipRatio[name])),
  })
  const charts = layerCharts.map(([metric, title, unit, explanation]) => {
    const scale = unit.startsWith('%') ? percent : (value: Value) => value
    const series = perLayer(epochs, (record, name) => scale(record.layers[name]?.[metric]))
    return lineChart({ ...overEpochs(run, linked), title, explanation, unit, minimum: 0, series })
  })
  return [flips, ...charts].join('')
}

/** Histograms after the last epoch. */
export function latentHistograms(run: RunRecord, linked: Linked): string {
  const last = epochsOf(run).at(-1)
  if (!last) return ''
  return Object.entries(last.layers)
    .map(([name, { latentWeights }]) => {
      if (!latentWeights) return ''
      const { from, to, counts } = latentWeights
      const bins = counts.map((count, bin) => ({ middle: from + ((bin + 0.5) * (to - from)) / counts.length, count }))
      return barChart({ linked, title: name, explanation: '', xLabel: 'latent weight', bins })
    })
    .join('')
}
