/** Finds the layer where numbers end. */
import type { Batch, ImageSet } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { DivergenceError } from '../errors.ts'
import { namedWeights } from '../model/named-weights.ts'

const isBroken = (x: tf.Tensor): boolean => tf.tidy(() => tf.all(tf.isFinite(x)).dataSync()[0] === 0)

function brokenOutput(model: tfl.LayersModel, batch: Batch, set: ImageSet): string | undefined {
  const layers = model.layers.filter(({ inboundNodes }) => inboundNodes.length === 1)
  const every = tfl.model({ inputs: model.inputs, outputs: layers.map(({ output }) => output as tfl.SymbolicTensor) })
  return tf.tidy(() => {
    const outputs = [every.apply(tf.tensor4d(batch.images, [batch.count, ...set.shape]), { training: true })].flat()
    return layers[(outputs as tf.Tensor[]).findIndex(isBroken)]?.name
  })
}

/** The error of a loss that is no number, naming the first weight or layer output that is not finite. */
export function diverged(
  model: tfl.LayersModel,
  batch: Batch,
  set: ImageSet,
  where: { readonly stage?: string; readonly epoch: number; readonly step: number; readonly loss: number },
): DivergenceError {
  const { stage, epoch, step, loss } = where
  const weight = Array.from(namedWeights(model)).find(([, variable]) => isBroken(variable.read()))?.[0]
  const layer = weight === undefined ? brokenOutput(model, batch, set) : undefined
  const found = weight ? `the weight '${weight}'` : layer ? `the output of the layer '${layer}'` : undefined
  return new DivergenceError({
    what: `Training diverged in ${stage ? `stage '${stage}', ` : ''}epoch ${epoch}, step ${step}: the loss is ${loss}.`,
    received: found ? `the first that is not finite is ${found}` : 'finite weights and outputs',
    fix: 'Lower the learning rate, clip gradients, or look for bad values in the data.',
  })
}
