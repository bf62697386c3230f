/** Applies a quantizer to a tensor in such a way that backpropagation uses only its stated pseudo-gradient. */
import type { Configured, Quantizer, QuantizerContext } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

export function quantize(x: tf.Tensor, { plugin, options }: Configured<Quantizer>, context: QuantizerContext): tf.Tensor {
  if (plugin.surrogate) {
    const surrogate = plugin.surrogate(x, options, context)
    // The surrogate only provides gradients. Its value never reaches the output, which must be exactly two-valued.
    return tf.customGrad(() => ({
      value: plugin.forward(x, options, context),
      gradFunc: (dy: tf.Tensor) => dy,
    }))(surrogate)
  }
  return tf.customGrad((...args) => {
    const [values, save] = args as [tf.Tensor, tf.GradSaveFunc]
    save([values])
    return {
      value: plugin.forward(values, options, context),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.mul(dy, tf.cast(plugin.gradient!(saved[0], options, context), 'float32')),
    }
  })(x)
}
