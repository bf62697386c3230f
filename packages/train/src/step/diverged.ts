/** Finds the layer where values stop being finite. */
import type { Batch } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { DivergenceError } from '../errors.ts'
import { isTrue } from '../model/is-true.ts'
import { namedWeights } from '../model/named-weights.ts'
import { readWeights } from '../model/weight-values.ts'

const allFinite = (x: tf.Tensor): Promise<boolean> => isTrue(() => tf.all(tf.isFinite(x)))

async function brokenOutput(model: tfl.LayersModel, batch: Batch, shape: readonly number[]): Promise<string | undefined> {
  const layers = model.layers.filter(({ inboundNodes }) => inboundNodes.length === 1)
  const every = tfl.model({ inputs: model.inputs, outputs: layers.map(({ output }) => output as tfl.SymbolicTensor) })
  const outputs = tf.tidy(() => {
    return [every.apply(tf.tensor(batch.images, [batch.count, ...shape]), { training: true })].flat() as tf.Tensor[]
  })
  const broken = await firstBroken(outputs.map((output, index) => [layers[index].name, output]))
  tf.dispose(outputs)
  return broken
}

/** The first name whose tensor is not finite. */
async function firstBroken(tensors: Iterable<readonly [string, tf.Tensor]>): Promise<string | undefined> {
  for (const [name, tensor] of tensors) if (!(await allFinite(tensor))) return name
  return undefined
}

const FIX = 'Lower the learning rate, clip gradients, or look for bad values in the data.'

interface Where {
  /** Absent if there is only one stage. */
  readonly stage?: string
  /** Counts from 1, within the stage. */
  readonly epoch: number
}

const placeOf = ({ stage, epoch }: Where): string => `${stage ? `stage '${stage}', ` : ''}epoch ${epoch}`

/**
 * Checks the weights after the last step of an epoch. Its loss was finite, but its update may have made a weight NaN or infinite.
 * Binary layers hide that, because they only use the sign.
 * @throws DivergenceError naming the first weight that is not finite.
 */
export async function requireFiniteWeights(model: tfl.LayersModel, where: Where): Promise<void> {
  for (const [name, { data }] of await readWeights(model)) {
    if (data.every(Number.isFinite)) continue
    throw new DivergenceError({
      what: `Training diverged in ${placeOf(where)}: the weight '${name}' is not finite.`,
      expected: 'finite weights',
      received: `${data.find((value) => !Number.isFinite(value))}`,
      fix: FIX,
    })
  }
}

/**
 * Creates the error for a loss that is not finite. It names the first weight or layer output that is not finite.
 * @param shape `[height, width, channels]` of the batch's images.
 */
export async function diverged(
  model: tfl.LayersModel,
  batch: Batch,
  shape: readonly number[],
  where: Where & { readonly step: number; readonly loss: number },
): Promise<DivergenceError> {
  const { step, loss } = where
  const weight = await firstBroken(Array.from(namedWeights(model), ([name, variable]) => [name, variable.read()] as const))
  const layer = weight === undefined ? await brokenOutput(model, batch, shape) : undefined
  const found = weight ? `the weight '${weight}'` : layer ? `the output of the layer '${layer}'` : undefined
  return new DivergenceError({
    what: `Training diverged in ${placeOf(where)}, step ${step}: the loss is ${loss}.`,
    received: found ? `the first value that is not finite is in ${found}` : 'finite weights and outputs',
    fix: FIX,
  })
}
