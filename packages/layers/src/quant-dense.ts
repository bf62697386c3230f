/**
 * A dense layer with quantized input and kernel. It is a drop-in replacement for `tf.layers.dense`, over the last axis of any
 * input.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { positiveInteger } from './options/check-options.ts'
import { ownShape, QuantizedLayer, type QuantizedLayerOptions } from './quantized-layer.ts'
import { inputChannels } from './window-options.ts'

export interface QuantDenseOptions extends QuantizedLayerOptions {
  /** Output features. */
  units: number
}

export class QuantDense extends QuantizedLayer {
  static readonly className = 'QuantDense'
  readonly units: number

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: QuantDenseOptions) {
    super(options, ['units'])
    this.units = positiveInteger(this.title, 'units', options.units)
  }

  override get outputChannels(): number {
    return this.units
  }

  override build(inputShape: Shape | Shape[]): void {
    const features = inputChannels(this.title, inputShape, Math.max(2, ownShape(inputShape).length))
    this.addQuantizedWeights([features, this.units], features)
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...ownShape(inputShape).slice(0, -1), this.units]
  }

  /** Computed by rows, because the gradient of TensorFlow.js' product of a stack of matrices with one matrix throws. */
  protected override product(input: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
    const rows = tf.reshape(input, [-1, kernel.shape[0]]) as tf.Tensor2D
    return tf.reshape(tf.matMul(rows, kernel as tf.Tensor2D), [...input.shape.slice(0, -1), this.units])
  }

  toGraph(context: ToGraphContext): string {
    return this.emit(context, { kind: 'dense' })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units }
  }
}
