/**
 * One binary 3x3 layer, float32 in and out (threshold, pack, convolution, scale, shift), against TensorFlow.js's float32
 * convolution of the same shape on its WASM backend, which does none of the rest. One line of JSON per shape.
 */
import { GraphBuilder, packSigns } from '@onebit/core'
import { bind, compare, engine, maximumDifference, randomFloats, tf, useTensorFlowWasm } from './harness.ts'

const SHAPES = [
  [56, 64],
  [28, 128],
  [14, 256],
  [7, 512],
] as const

function signs(values: Float32Array): Float32Array {
  return values.map((value) => (value >= 0 ? 1 : -1))
}

await useTensorFlowWasm()
for (const kernel of [3, 1]) {
  for (const [size, channels] of SHAPES) {
    const input = randomFloats(size * size * channels)
    const latent = randomFloats(channels * kernel * kernel * channels)
    const scale = randomFloats(channels)
    const shift = randomFloats(channels)

    const builder = new GraphBuilder()
    const bits = builder.node('threshold', {
      inputs: [builder.input('x', [size, size, channels])],
      tensors: {
        thresholds: { dtype: 'float32', shape: [channels, 1], data: new Float32Array(channels) },
        first: { dtype: 'bit', shape: [channels], data: new Uint8Array(channels / 8) },
      },
    })
    const around = kernel >> 1
    const sums = builder.node('binaryConv2d', {
      inputs: [bits],
      tensors: { weights: { dtype: 'bit', shape: [channels, kernel, kernel, channels], data: packSigns(latent) } },
      attributes: { padding: [around, around, around, around] },
    })
    const tensors = {
      scale: { dtype: 'float32', shape: [channels], data: scale },
      shift: { dtype: 'float32', shape: [channels], data: shift },
    } as const
    builder.output('y', builder.node('affine', { inputs: [sums], tensors }))
    const layer = await bind(builder.build())
    layer.write('x', input)

    const x = tf.tensor4d(signs(input), [1, size, size, channels])
    const outputsFirst = tf.tensor4d(signs(latent), [channels, kernel, kernel, channels])
    const weights = tf.transpose(outputsFirst, [1, 2, 3, 0]) as tf.Tensor4D
    const theirs = (): void => tf.conv2d(x, weights, 1, 'same').dispose()
    const expected = tf.tidy(() => tf.add(tf.mul(tf.conv2d(x, weights, 1, 'same'), scale), shift).dataSync())
    layer.run()
    const difference = maximumDifference(layer.read('y'), expected)
    if (difference > 1e-3) throw new Error(`The layer computes something else: ${difference}`)

    const { ours, theirs: float, ratio } = compare(() => layer.run(), theirs)
    const gmacs = (size * size * channels * channels * kernel * kernel) / ours / 1e6
    const shape = `${kernel}x${kernel} ${size}x${size}x${channels}`
    console.log(JSON.stringify({ shape, ratio, ours, float, gmacs, difference, ...engine }))
  }
}
