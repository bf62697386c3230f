/** Real convolutions against TensorFlow.js's WASM backend (XNNPACK) on the same shape. One line of JSON per shape. */
import { GraphBuilder } from '@onebit/core'
import { bind, compare, engine, maximumDifference, randomFloats, tf, useTensorFlowWasm } from './harness.ts'

/** Input size, input channels, output channels, kernel, stride. */
const SHAPES = [
  [224, 3, 64, 7, 2],
  [56, 64, 128, 1, 2],
  [28, 64, 128, 1, 1],
  [14, 256, 512, 1, 2],
  [28, 128, 128, 3, 1],
  [7, 512, 512, 3, 1],
] as const

await useTensorFlowWasm()
for (const [size, channels, outputs, kernel, stride] of SHAPES) {
  const input = randomFloats(size * size * channels)
  const weights = randomFloats(kernel * kernel * channels * outputs)
  const around = kernel >> 1
  const builder = new GraphBuilder()
  const value = builder.node('conv2d', {
    inputs: [builder.input('x', [size, size, channels])],
    tensors: { weights: { dtype: 'float32', shape: [kernel, kernel, channels, outputs], data: weights } },
    attributes: { strides: [stride, stride], padding: [around, around, around, around] },
  })
  builder.output('y', value)
  const layer = await bind(builder.build())
  layer.write('x', input)
  const x = tf.tensor4d(input, [1, size, size, channels])
  const filter = tf.tensor4d(weights, [kernel, kernel, channels, outputs])
  const theirs = (): void => tf.conv2d(x, filter, stride, around).dispose()
  layer.run()
  const difference = maximumDifference(
    layer.read('y'),
    tf.tidy(() => tf.conv2d(x, filter, stride, around).dataSync()),
  )
  if (difference > 1e-3) throw new Error(`The convolution computes something else: ${difference}`)
  const { ours, theirs: float, ratio } = await compare(() => layer.run(), theirs, 9)
  const shape = `${kernel}x${kernel}/${stride} ${size}x${size}x${channels} to ${outputs}`
  console.log(JSON.stringify({ shape, ratio, ours, float, difference, ...engine }))
}
