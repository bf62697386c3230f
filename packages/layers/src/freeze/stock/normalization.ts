/** BatchNorm as an affine, and layers that do nothing in inference. */
import { floatTensor } from '../float-tensor.ts'
import { isLastAxis, refuse, type StockLayer } from './stock-layer.ts'

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta, folded to one affine in float64. */
const batchNormalization: StockLayer = {
  options: ['axis', 'epsilon', 'center', 'scale'],
  training: [
    'momentum',
    ...['beta', 'gamma', 'movingMean', 'movingVariance'].map((weight) => `${weight}Initializer`),
    ...['beta', 'gamma'].flatMap((weight) => [`${weight}Regularizer`, `${weight}Constraint`]),
  ],
  emit: (context) => {
    const { layer, config, builder, name, inputs } = context
    if (!isLastAxis(config.axis, context)) refuse(layer, `it normalizes axis ${config.axis}.`, 'Normalize the last axis.')
    const weights = layer.getWeights().map((tensor) => tensor.dataSync())
    const gamma = config.scale ? weights.shift() : undefined
    const beta = config.center ? weights.shift() : undefined
    const [mean, variance] = weights
    const scale = Array.from(variance, (v, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(v + (config.epsilon as number)))
    const shift = scale.map((factor, channel) => (beta?.[channel] ?? 0) - mean[channel] * factor)
    return builder.node('affine', { name, inputs, tensors: { scale: floatTensor(scale), shift: floatTensor(shift) } })
  },
}

/** A layer that acts only in training. */
const absent = (...training: string[]): StockLayer => ({ options: [], training, emit: ({ inputs }) => inputs[0] })

export const normalizationLayers: Readonly<Record<string, StockLayer>> = {
  BatchNormalization: batchNormalization,
  Dropout: absent('rate', 'noiseShape', 'seed'),
  SpatialDropout1D: absent('rate', 'noiseShape', 'seed'),
  GaussianNoise: absent('stddev'),
  GaussianDropout: absent('rate'),
  AlphaDropout: absent('rate'),
}
