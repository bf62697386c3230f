/**
 * The view of a model that losses read: every output by name, as logits if it ends in a softmax or a sigmoid, and the outputs of
 * tapped layers.
 */
import { nearestNames, OptionError, type OutputTensors, type TeacherOutput } from '@onebit/core'
import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { namedLayers } from '../model/named-weights.ts'
import { outputNamesOf } from '../model/output-names.ts'

/** The tensors of one pass. */
export interface ModelTensors {
  readonly outputs: OutputTensors
  /** Outputs of tapped layers by the layers' names, batch first. */
  readonly layers: tf.NamedTensorMap
}

const LOGISTIC = ['softmax', 'sigmoid']

/** The input of the softmax or sigmoid at an output, if there is one. Cross-entropy is exact there. */
function logitsOf(output: tfl.SymbolicTensor): tfl.SymbolicTensor | undefined {
  const last = output.sourceLayer
  const { activation } = last.getConfig() as { activation?: string }
  const isLogistic =
    last.getClassName() === 'Softmax' || (last.getClassName() === 'Activation' && LOGISTIC.includes(`${activation}`))
  return isLogistic ? last.inboundNodes[output.nodeIndex].inputTensors[0] : undefined
}

function layerOf(model: tfl.LayersModel, name: string): tfl.SymbolicTensor {
  const layer = model.layers.find((candidate) => candidate.name === name)
  if (layer) return layer.output as tfl.SymbolicTensor
  const names = model.layers.map((candidate) => candidate.name)
  const [nearest] = nearestNames(name, names)
  throw new OptionError({
    option: 'taps',
    what: `The model '${model.name}' has no layer '${name}' to tap.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    expected: 'the name of a layer',
    received: name,
    fix: `Its layers: ${names.join(', ')}.`,
  })
}

interface ReadOutput {
  readonly name: string
  readonly isLogits: boolean
  /** The layer that computes the output; for logits, the softmax or sigmoid after them. */
  readonly last: tfl.layers.Layer
}

export class TappedModel {
  readonly #model: tfl.LayersModel
  readonly #outputs: readonly ReadOutput[]
  readonly #layers: readonly string[]
  readonly #shapes: ReadonlyMap<string, readonly number[]>

  /**
   * @param layers Names of the layers to tap.
   * @throws OptionError if a layer does not exist.
   */
  constructor(model: tfl.LayersModel, layers: readonly string[] = []) {
    const logits = model.outputs.map(logitsOf)
    const tapped = layers.map((name) => layerOf(model, name))
    this.#outputs = outputNamesOf(model).map((name, index) => ({
      name,
      isLogits: logits[index] !== undefined,
      last: model.outputs[index].sourceLayer,
    }))
    this.#layers = layers
    this.#shapes = new Map(layers.map((name, index) => [name, tapped[index].shape.slice(1) as number[]]))
    const outputs = [...model.outputs.map((output, index) => logits[index] ?? output), ...tapped]
    this.#model = tfl.model({ inputs: model.inputs, outputs })
  }

  /** Shapes by name, without the batch, and whether the values are logits. */
  get outputs(): Readonly<Record<string, TeacherOutput>> {
    return Object.fromEntries(
      this.#outputs.map(({ name, isLogits }, index) => {
        const shape = this.#model.outputs[index].shape.slice(1) as number[]
        return [name, { shape, isLogits }]
      }),
    )
  }

  /** Shape of a tapped layer's output, without the batch. */
  shapeOf(layer: string): readonly number[] {
    return this.#shapes.get(layer)!
  }

  /** The penalties that the layers' regularizers add to a loss. A sequential model does not report those of its layers itself. */
  penalties(): tf.Scalar[] {
    return namedLayers(this.#model).flatMap(({ layer }) => layer.calculateLosses())
  }

  /** The model's actual outputs, in order: logits go through their softmax or sigmoid. Call it inside `tf.tidy`. */
  finished({ outputs }: ModelTensors): tf.Tensor[] {
    return this.#outputs.map(({ name, isLogits, last }) => {
      const { tensor } = outputs[name]
      return isLogits ? (last.apply(tensor) as tf.Tensor) : tensor
    })
  }

  /** Call it inside `tf.tidy`. */
  tensors(images: tf.Tensor, training: boolean): ModelTensors {
    const all = [this.#model.apply(images, { training })].flat() as tf.Tensor[]
    const taps = all.slice(this.#outputs.length)
    return {
      outputs: Object.fromEntries(this.#outputs.map(({ name, isLogits }, index) => [name, { tensor: all[index], isLogits }])),
      layers: Object.fromEntries(this.#layers.map((name, index) => [name, taps[index]])),
    }
  }
}
