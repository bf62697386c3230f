import * as tf from '@tensorflow/tfjs-core'
import { KernelInputError } from './errors.ts'
import type { TrainingGradient } from './training-kernel.ts'

/**
 * The gradient of `tf.conv2d`. The stock gradient refuses dilated convolutions; this one hands the dilations to the kernels
 * of this package when the WebAssembly backend is the current one, and leaves everything else to the stock gradient.
 */
export const conv2DGradient: TrainingGradient = {
  kernelName: tf.Conv2D,
  create: (stock) => ({
    kernelName: tf.Conv2D,
    inputsToSave: ['x', 'filter'],
    gradFunc(dy, saved, attrs) {
      const { dilations, ...rest } = attrs as unknown as tf.Conv2DAttrs
      const dilated = !tf.backend_util.tupleValuesAreOne(dilations)
      if (stock && !(dilated && tf.getBackend() === 'wasm')) return stock.gradFunc(dy, saved, attrs)
      if (!stock && tf.getBackend() !== 'wasm') {
        throw new KernelInputError({
          what: `The gradient of conv2d is registered for the WebAssembly backend only.`,
          received: `the backend '${tf.getBackend()}'`,
          fix: `Import '@tensorflow/tfjs', which registers the gradients of all backends.`,
        })
      }
      const [x, filter] = saved
      const common = { ...rest, dilations }
      const run = (kernel: string, inputs: object, attributes: object) =>
        tf.engine().runKernel(kernel, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as tf.Tensor
      return {
        x: () => run(tf.Conv2DBackpropInput, { dy, filter }, { ...common, inputShape: x.shape }),
        filter: () => run(tf.Conv2DBackpropFilter, { x, dy }, { ...common, filterShape: filter.shape }),
      }
    },
  }),
}
