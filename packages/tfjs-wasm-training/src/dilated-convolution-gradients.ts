import * as tf from '@tensorflow/tfjs-core'
import { KernelInputError } from './errors.ts'
import type { TrainingGradient } from './training-kernel.ts'

/**
 * The stock gradients of convolutions refuse dilations. These pass dilated ones to the kernels of this package if the WebAssembly
 * backend is the current one, and leave everything else to the stock gradient.
 */
function dilatedGradient(kernelName: string, inputKernel: string, filterKernel: string): TrainingGradient {
  return {
    kernelName,
    create: (stock) => ({
      kernelName,
      inputsToSave: ['x', 'filter'],
      gradFunc(dy, saved, attrs) {
        // Depthwise layers leave the dilations null.
        const dilations = (attrs.dilations as [number, number] | number | null | undefined) ?? 1
        const dilated = !tf.backend_util.tupleValuesAreOne(dilations)
        const ours = tf.getBackend() === 'wasm'
        if (stock && !(dilated && ours)) return stock.gradFunc(dy, saved, attrs)
        if (!ours) {
          throw new KernelInputError({
            what: `The only registered gradient of ${kernelName} is that of the WebAssembly backend.`,
            expected: `the current backend to be 'wasm'`,
            received: `'${tf.getBackend()}'`,
            fix: `Import '@tensorflow/tfjs', which registers the gradients of all backends.`,
          })
        }
        const [x, filter] = saved
        const run = (kernel: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap) =>
          tf.engine().runKernel(kernel, inputs, { ...attrs, dilations, ...attributes }) as tf.Tensor
        return {
          x: () => run(inputKernel, { dy: dy as tf.Tensor, filter }, { inputShape: x.shape }),
          filter: () => run(filterKernel, { x, dy: dy as tf.Tensor }, { filterShape: filter.shape }),
        }
      },
    }),
  }
}

/** The gradient of `tf.conv2d`. */
export const conv2DGradient = dilatedGradient(tf.Conv2D, tf.Conv2DBackpropInput, tf.Conv2DBackpropFilter)

/** The gradient of `tf.depthwiseConv2d`. */
export const depthwiseConv2dGradient = dilatedGradient(
  tf.DepthwiseConv2dNative,
  tf.DepthwiseConv2dNativeBackpropInput,
  tf.DepthwiseConv2dNativeBackpropFilter,
)
