/** Applies a quantizer to a tensor in such a way that backpropagation uses only its stated pseudo-gradient. */
import { type Configured, checkArguments, type Quantizer, type QuantizerContext, rules } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

const quantizerRule = rules.object({ plugin: rules.object({ forward: rules.callback }), options: rules.record(rules.anything) })
const contextRule = rules.object({
  target: rules.oneOf(['activation', 'weight']),
  variables: rules.record(rules.tensor),
  progress: rules.number(),
})

export function quantize(x: tf.Tensor, quantizer: Configured<Quantizer>, context: QuantizerContext): tf.Tensor {
  checkArguments('quantize()', { x: [x, rules.tensor], quantizer: [quantizer, quantizerRule], context: [context, contextRule] })
  const { plugin, options } = quantizer
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
