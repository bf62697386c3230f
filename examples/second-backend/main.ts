/**
 * A binary network on our own backend. Prints the kernel of each node, a comparison with the reference, and the times of both.
 */
import { compileGraph, type Graph, GraphBuilder, type GraphTensor, type LoadedNetwork, reference } from '@onebit/core'
import { popcountBackend } from './popcount-backend.ts'

/** Pseudo-random numbers that are the same in every run: fractions of multiples of the golden ratio. */
function numbers(count: number, offset: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => 2 * (((i + offset) * 0.6180339887) % 1) - 1)
}

const real = (shape: readonly number[]): GraphTensor => ({
  dtype: 'float32',
  shape,
  data: numbers(
    shape.reduce((a, b) => a * b, 1),
    1,
  ),
})

const bits = (shape: readonly number[], offset: number): GraphTensor => ({
  dtype: 'bit',
  shape,
  data: Uint8Array.from(numbers(shape.reduce((a, b) => a * b, 1) / 8, offset), (value) => 128 * (value + 1)),
})

/** Three binary convolutions of 64 channels, each after a batch normalization, then ten scores. */
function network(): Graph {
  const builder = new GraphBuilder()
  let value = builder.input('image', [14, 14, 64])
  for (let layer = 0; layer < 3; layer++) {
    const norm = builder.node('affine', { inputs: [value], tensors: { scale: real([64]), shift: real([64]) } })
    const tensors = {
      thresholds: { dtype: 'float32', shape: [1, 1], data: new Float32Array(1) },
      first: bits([64], layer),
    } as const
    const signs = builder.node('threshold', { inputs: [norm], tensors })
    value = builder.node('binaryConv2d', {
      inputs: [signs],
      attributes: { padding: [1, 1, 1, 1] },
      tensors: { weights: bits([64, 3, 3, 64], 1000 * layer) },
    })
  }
  const sums = builder.node('toFloat', { inputs: [value] })
  const pooled = builder.node('mean', { inputs: [sums], attributes: { axes: [0, 1] } })
  builder.output('scores', builder.node('dense', { inputs: [pooled], tensors: { weights: real([64, 10]) } }))
  return builder.build()
}

async function milliseconds(compiled: LoadedNetwork, image: Float32Array): Promise<number> {
  await compiled.run({ image })
  const start = performance.now()
  for (let run = 0; run < 5; run++) await compiled.run({ image })
  return (performance.now() - start) / 5
}

const image = numbers(14 * 14 * 64, 7)
const [ours, plain] = await Promise.all([popcountBackend, reference].map((backend) => compileGraph(network(), backend)))
for (const { node, kernel } of ours.explain()) console.log(`${node.padEnd(16)}${kernel}`)
const [{ scores }, { scores: expected }] = await Promise.all([ours.run({ image }), plain.run({ image })])
console.log(`scores equal the reference's: ${scores.every((score, index) => Object.is(score, expected[index]))}`)
const [time, plainTime] = [await milliseconds(ours, image), await milliseconds(plain, image)]
console.log(`${time.toFixed(1)} ms per image, plain loops ${plainTime.toFixed(1)} ms`)
