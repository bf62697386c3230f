/** Where the time of a binary layer goes, by kernel: `node packages/kernels-wasm/bench/run.mjs profile 56 64 [3] [--strict]`. */
import { GraphBuilder, packSigns } from '@onebit/core'
import { bind, engine, randomFloats } from './harness.ts'

const [size, channels, kernel = 3] = process.argv
  .slice(3)
  .filter((argument) => !argument.startsWith('-'))
  .map(Number)
const builder = new GraphBuilder()
const bits = builder.node('threshold', {
  inputs: [builder.input('x', [size, size, channels])],
  tensors: {
    thresholds: { dtype: 'float32', shape: [channels, 1], data: new Float32Array(channels) },
    first: { dtype: 'bit', shape: [channels], data: new Uint8Array(channels / 8) },
  },
})
const latent = randomFloats(channels * kernel * kernel * channels)
const sums = builder.node('binaryConv2d', {
  inputs: [bits],
  tensors: { weights: { dtype: 'bit', shape: [channels, kernel, kernel, channels], data: packSigns(latent) } },
  attributes: { padding: [kernel >> 1, kernel >> 1, kernel >> 1, kernel >> 1] },
})
const tensors = {
  scale: { dtype: 'float32', shape: [channels], data: randomFloats(channels) },
  shift: { dtype: 'float32', shape: [channels], data: randomFloats(channels) },
} as const
builder.output('y', builder.node('affine', { inputs: [sums], tensors }))
const layer = await bind(builder.build())
layer.write('x', randomFloats(size * size * channels))
console.log(JSON.stringify({ ...engine, microseconds: layer.profile(400) }))
