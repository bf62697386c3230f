/** Finds the layer where numbers end. */
import type { Batch } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { DivergenceError } from '../errors.ts'
import { isTrue } from '../model/is-true.ts'
import { namedWeights } from '../model/named-weights.ts'

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

/**
 * The error of a loss that is no number, naming the first weight or layer output that is not finite.
 * @param shape `[height, width, channels]` of the batch's images.
 */
export async function diverged(
  model: tfl.LayersModel,
  batch: Batch,
  shape: readonly number[],
  where: { readonly stage?: string; readonly epoch: number; readonly step: number; readonly loss: number },
): Promise<DivergenceError> {
  const { stage, epoch, step, loss } = where
  const weight = await firstBroken(Array.from(namedWeights(model), ([name, variable]) => [name, variable.read()] as const))
  const layer = weight === undefined ? await brokenOutput(model, batch, shape) : undefined
  const found = weight ? `the weight '${weight}'` : layer ? `the output of the layer '${layer}'` : undefined
  return new DivergenceError({
    what: `Training diverged in ${stage ? `stage '${stage}', ` : ''}epoch ${epoch}, step ${step}: the loss is ${loss}.`,
    received: found ? `the first that is not finite is ${found}` : 'finite weights and outputs',
    fix: 'Lower the learning rate, clip gradients, or look for bad values in the data.',
  })
}
