/** Refuses a pairing that cannot train: weights of -1 and +1, as with Bop, and a quantizer that blocks every gradient there. */
import { OptionError } from '@onebit/core'
import { QuantizedLayer } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { isTrue } from '../model/is-true.ts'
import { namedLayers } from '../model/named-weights.ts'
import { trainedWeights } from '../model/trained-weights.ts'
import { groupIndex, groupsOf } from '../optimizers/parameter-groups.ts'
import type { ResolvedStage } from '../plan.ts'

/** @throws OptionError naming the layer and its quantizer. */
export async function checkSurvivingGradients(model: LayersModel, stage: ResolvedStage): Promise<void> {
  const groups = groupsOf(stage)
  const weights = new Map(trainedWeights(model, [], stage).map((weight) => [weight.name, weight]))
  for (const { path, layer } of namedLayers(model)) {
    const weight = weights.get(`${path}/kernel`)
    if (!(layer instanceof QuantizedLayer) || weight?.kind !== 'binary-kernel') continue
    const { optimizer } = groups[groupIndex(groups, weight)]
    if (optimizer.plugin.binaryWeights !== 'signs') continue
    const quantizer = layer.quantizer('weight')
    if (!quantizer?.plugin.gradient) continue
    const { plugin, options } = quantizer
    const blocked = await isTrue(() => {
      const context = { target: 'weight', variables: {}, progress: 0, training: true, seed: 1 } as const
      const slope = plugin.gradient!(tf.tensor2d([[-1], [1]]), options, context)
      return tf.all(tf.equal(tf.cast(slope, 'float32'), 0))
    })
    if (!blocked) continue
    throw new OptionError({
      what: `The optimizer '${optimizer.plugin.name}' cannot train layer '${path}' in stage '${stage.name}': the quantizer '${plugin.name}' blocks gradients at -1 and +1.`,
      expected: 'a weight quantizer that passes gradients there',
      received: plugin.name,
      fix: "Use 'ste-sign' for the weights.",
    })
  }
}
