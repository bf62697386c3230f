/**
 * A `Cast` kernel for WebGPU whose floats are floats. The one of tfjs-backend-webgpu 4.22 leaves integers and truth values as they lie in
 * memory and only names them float32; kernels that index their input outright then do not compile: Transpose, and with it means over the
 * leading axes, as signs per channel are counted.
 */
import * as tf from '@tensorflow/tfjs-core'

/** What is used of the backend of tfjs-backend-webgpu. */
interface WebgpuBackend extends tf.KernelBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Float32Array): tf.TensorInfo
}

let registered: tf.KernelConfig | undefined

/** Replaces the stock kernel, which keeps all other casts. Calling it again does nothing. */
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
