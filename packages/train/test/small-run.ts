/**
 * A run small enough for tests, with everything that a checkpoint has to hold: stages, Bop, groups, fixed weights, a stage's own
 * augmentation, stochastic signs, mix-up, averages.
 */
import blocks from '@onebit/blocks'
import classify, { classification, classifier } from '@onebit/classify'
import { createRegistry, type QuantizerReference } from '@onebit/core'
import { type LabeledSet, Random } from '@onebit/data'
import kd from '@onebit/kd'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
// Import the entry without Node, because pages train this run too.
import { stageQuantizers, type TrainingData, type TrainStagesOptions } from '@onebit/train/browser'
import { TEST_ENGINE } from './test-engine.ts'

const registry = createRegistry([quantizers, blocks, networks, classify])
const SIZE = 8

/** Stripes in three directions, with noise. */
function stripes(count: number, seed: number): LabeledSet {
  const random = new Random(seed)
  const labels = Uint8Array.from({ length: count }, () => random.below(3))
  const images = new Uint8Array(count * SIZE * SIZE)
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        const along = [x, y, x + y][labels[image]]
        images[(image * SIZE + y) * SIZE + x] = (along & 2 ? 150 : 50) + random.below(60)
      }
    }
  }
  return { images, annotations: labels, count, shape: [SIZE, SIZE, 1], normalization: { mean: 0.4, standardDeviation: 0.25 } }
}

export function stripesData(): TrainingData & { readonly train: LabeledSet; readonly test: LabeledSet } {
  return { name: 'stripes', facts: { classes: ['across', 'down', 'slanted'] }, train: stripes(104, 1), test: stripes(40, 2) }
}

/** Composes the network of a stage. `weight` is the quantizer of its binary weights. */
export const composeSmall =
  (activation: QuantizerReference = 'approx-sign', weight: QuantizerReference = 'ste-sign'): TrainStagesOptions['compose'] =>
  (stage) =>
    classifier(registry, {
      network: { name: 'resnet-small', width: 4, stages: 2 },
      block: 'bi-real',
      classes: 3,
      input: [SIZE, SIZE, 1],
      ...stageQuantizers(stage, { activation, weight }),
    })

export const smallRun = (): TrainStagesOptions => ({
  data: stripesData(),
  task: classification,
  registry: createRegistry([kd]),
  compose: composeSmall(),
  batchSize: 8,
  seed: 11,
  engine: TEST_ENGINE,
  progress: false,
  stages: [
    {
      name: 'real',
      binary: 'none',
      epochs: 1,
      optimizer: { name: 'sgd', nesterov: true },
      learningRate: 0.02,
      average: 0.9,
      initial: [{ weights: ['real-kernel'], values: 'he-normal' }],
    },
    {
      name: 'activations',
      binary: 'activations',
      activation: 'stochastic-sign',
      epochs: 2,
      mixUp: 0.3,
      clipNorm: 1,
      warmUp: 0.5,
      fixed: ['bias'],
      augment: [{ type: 'horizontal-flip' }],
    },
    {
      name: 'both',
      binary: 'both',
      epochs: 2,
      optimizer: { name: 'bop', gamma: 0.01, rest: 'adamw' },
      weightDecay: 1e-4,
      groups: [
        {
          weights: ['batch-norm'],
          optimizer: 'sgd',
          learningRate: 0.01,
          schedule: { name: 'steps', at: [1] },
          weightDecay: 1e-3,
        },
      ],
      labelSmoothing: 0.1,
      teacher: 'previous',
      losses: ['cross-entropy', { name: 'soft-labels', weight: 0.5, temperature: 2 }],
      reestimateBatchNorm: 4,
    },
  ],
})
