/** A model as losses see it: up to the logits if it ends in a softmax, with the outputs of tapped layers beside them. */
import { OptionError } from '@onebit/core'
import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { ModelOutputs } from '../losses.ts'

/** Cross-entropy on logits is exact where the softmax saturates. */
function logitsOf(model: tfl.LayersModel): tfl.SymbolicTensor | undefined {
  const [output] = model.outputs
  const last = output.sourceLayer
  const isSoftmax =
    last.getClassName() === 'Softmax' ||
    (last.getClassName() === 'Activation' && (last.getConfig() as { activation: string }).activation === 'softmax')
  return isSoftmax ? last.inboundNodes[output.nodeIndex].inputTensors[0] : undefined
}

function tapOf(model: tfl.LayersModel, name: string): tfl.SymbolicTensor {
  const layer = model.layers.find((candidate) => candidate.name === name)
  if (layer) return layer.output as tfl.SymbolicTensor
  throw new OptionError({
    what: `The model '${model.name}' has no layer '${name}' to tap.`,
    expected: 'the name of a layer',
    received: name,
    fix: `Its layers: ${model.layers.map((candidate) => candidate.name).join(', ')}.`,
  })
}

export class ScoredModel {
  readonly #model: tfl.LayersModel
  readonly #areLogits: boolean
  readonly #taps: readonly string[]

  /**
   * @param taps Layers by the names that their outputs go by.
   * @throws OptionError if a tap names no layer.
   */
  constructor(model: tfl.LayersModel, taps: ReadonlyMap<string, string> = new Map()) {
    const logits = logitsOf(model)
    const scores = logits ?? model.outputs[0]
    this.#areLogits = logits !== undefined
    this.#taps = [...taps.keys()]
    this.#model = tfl.model({
      inputs: model.inputs,
      outputs: [scores, ...Array.from(taps.values(), (layer) => tapOf(model, layer))],
    })
  }

  /** Call inside `tf.tidy`. */
  outputs(images: tf.Tensor, training: boolean): ModelOutputs {
    const all = [this.#model.apply(images, { training })].flat() as tf.Tensor[]
    return {
      scores: all[0],
      areLogits: this.#areLogits,
      taps: Object.fromEntries(this.#taps.map((name, index) => [name, all[index + 1]])),
    }
  }
}
