/** A dense layer whose input and kernel are quantized. Drop-in for `tf.layers.dense` on `[batch, features]`. */
import * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import { emitQuantized } from './freeze/emit-quantized.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { ownShape, QuantizedLayer, type QuantizedLayerOptions } from './quantized-layer.ts'

export interface QuantDenseOptions extends QuantizedLayerOptions {
  units: number
}

export class QuantDense extends QuantizedLayer {
  static readonly className = 'QuantDense'
  readonly units: number

  constructor(options: QuantDenseOptions) {
    super(options)
    this.units = options.units
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = ownShape(inputShape).at(-1)!
    this.addQuantizedWeights([features, this.units], features)
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...ownShape(inputShape).slice(0, -1), this.units]
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown> = {}): tf.Tensor {
    return tf.tidy(() => {
      const training = kwargs.training === true
      const x = this.quantize(
        (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor,
        'activation',
        training,
        inputs,
      ) as tf.Tensor2D
      const kernel = this.quantize(this.kernel.read(), 'weight', training, inputs) as tf.Tensor2D
      const output = tf.matMul(x, kernel)
      return this.bias ? tf.add(output, this.bias.read()) : output
    })
  }

  toGraph(context: ToGraphContext): string {
    const features = context.builder.type(context.inputs[0]).shape.at(-1)!
    return emitQuantized(context, {
      kind: 'dense',
      kernel: this.kernel.read(),
      bias: this.bias?.read(),
      frozenInput: this.freezeQuantizer('activation', features),
      frozenKernel: this.freezeQuantizer('weight', this.units),
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units }
  }
}
