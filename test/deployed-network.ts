/** A small network for tests of deployment: in pages, with bundlers, on other runtimes. */
import { GraphBuilder, type GraphTensor, packSigns, writeModel } from '@onebit/core'

/** Tensors of fixed pseudo-random values from -1 to 1, all different. */
export function drawnTensors(seed: number) {
  let state = seed
  const random = (): number => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 1073741824 - 1
  }
  const draw = (shape: readonly number[]): number[] => Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random)
  return {
    float: (...shape: number[]): GraphTensor => ({ dtype: 'float32', shape, data: Float32Array.from(draw(shape)) }),
    bits: (...shape: number[]): GraphTensor => ({ dtype: 'bit', shape, data: packSigns(draw(shape)) }),
  }
}

/** A small network with every kind of op that a classifier has, and fixed pseudo-random weights. */
export function modelBytes(): Uint8Array {
  const { float, bits } = drawnTensors(12345)
  const builder = new GraphBuilder()
  let value = builder.input('image', [12, 12, 3])
  value = builder.node('conv2d', {
    inputs: [value],
    attributes: { padding: [1, 1, 1, 1] },
    tensors: { weights: float(3, 3, 3, 16) },
  })
  const sign = builder.node('threshold', { inputs: [value], tensors: { thresholds: float(16, 1), first: bits(16) } })
  const product = builder.node('binaryConv2d', {
    inputs: [sign],
    attributes: { padding: [1, 1, 1, 1] },
    tensors: { weights: bits(16, 3, 3, 16) },
  })
  const affine = builder.node('affine', { inputs: [product], tensors: { scale: float(16), shift: float(16) } })
  value = builder.node('add', { inputs: [value, affine] })
  value = builder.node('mean', { inputs: [value], attributes: { axes: [0, 1] } })
  value = builder.node('dense', { inputs: [value], tensors: { weights: float(16, 5), bias: float(5) } })
  builder.output('scores', builder.node('softmax', { inputs: [value] }))
  return writeModel(builder.build())
}

/** An input of `modelBytes`. */
export const image: readonly number[] = Array.from({ length: 12 * 12 * 3 }, (_, i) => Math.sin(i))
