/**
 * A `Cast` kernel for WebGPU that converts integers and booleans to real floats. The kernel of tfjs-backend-webgpu 4.22 leaves
 * their bits in memory as they are and only relabels the tensor as float32. Kernels that index their input directly then do not
 * compile: Transpose, and with it means over the leading axes, such as those that count signs per channel.
 */
import * as tf from '@tensorflow/tfjs-core'

/** The part of tfjs-backend-webgpu's backend that is used here. */
interface WebgpuBackend extends tf.KernelBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Float32Array): tf.TensorInfo
}

let registered: tf.KernelConfig | undefined

/** Replaces the stock kernel. All other casts still go to the stock kernel. A second call does nothing. */
export function registerWebgpuCast(): void {
  const stock = tf.getKernel('Cast', 'webgpu')
  if (stock === registered) return
  const kernelFunc: tf.KernelFunc = (params) => {
    const { x } = params.inputs as { x: tf.TensorInfo }
    const result = stock.kernelFunc(params) as tf.TensorInfo
    if (result.dtype !== 'float32' || (x.dtype !== 'int32' && x.dtype !== 'bool')) return result
    const backend = params.backend as WebgpuBackend
    const one = backend.makeTensorInfo([], 'float32', Float32Array.of(1))
    const { kernelFunc: multiply } = tf.getKernel('Multiply', 'webgpu')
    const floats = multiply({ inputs: { a: result, b: one }, backend, attrs: {} })
    backend.disposeData(result.dataId)
    backend.disposeData(one.dataId)
    return floats
  }
  tf.unregisterKernel('Cast', 'webgpu')
  registered = { kernelName: 'Cast', backendName: 'webgpu', kernelFunc }
  tf.registerKernel(registered)
}
