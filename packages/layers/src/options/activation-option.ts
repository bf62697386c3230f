/** The activation at a layer's end: TensorFlow.js' own layer, under the outer layer's name. */
import { describeValue, nearestNames, OptionError } from '@onebit/core'
import { layers } from '@tensorflow/tfjs-layers'

const NAMES = [
  ...[
    'linear',
    'relu',
    'relu6',
    'elu',
    'selu',
    'sigmoid',
    'hardSigmoid',
    'softplus',
    'softsign',
    'tanh',
    'softmax',
    'logSoftmax',
  ],
  ...['swish', 'mish', 'gelu', 'gelu_new'],
] as const

/** Names of TensorFlow.js' activations. `elu`, `selu`, `logSoftmax`, `mish` and the two `gelu` can train but not freeze. */
export type ActivationName = (typeof NAMES)[number]

/** TensorFlow.js declares fewer names than it accepts. */
type Declared = Parameters<typeof layers.activation>[0]['activation']

/**
 * The layer of an activation, or undefined for none and for `linear`.
 * @param layer Name of the layer that the activation belongs to.
 * @throws OptionError on an unknown name.
 */
export function activationOption(title: string, layer: string, value: unknown): layers.Layer | undefined {
  if (value === undefined || value === null || value === 'linear') return undefined
  if (typeof value === 'string' && NAMES.includes(value as ActivationName)) {
    return layers.activation({ name: `${layer}/activation`, activation: value as Declared })
  }
  const [nearest] = typeof value === 'string' ? nearestNames(value, NAMES) : []
  throw new OptionError({
    what: `${title} refuses its option 'activation'.`,
    expected: NAMES.join(', '),
    received: describeValue(value),
    fix: nearest && `Did you mean '${nearest}'?`,
  })
}
