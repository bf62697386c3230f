/**
 * Prints the time of each kernel. For a binary layer: `node packages/kernels-wasm/bench/run.mjs profile 56 64 [3] [--strict]`. For the
 * network of the whole-network benchmark: `profile network [float32 | int16 | int8] [--strict]`, with the stem's arithmetic. For a
 * model file: `profile some.safetensors [float32 | int16 | int8]`.
 */
import { elementCount, type Graph, GraphBuilder, packSigns, readModelFile } from '@onebit/core'
import type { StemArithmetic } from '../src/lower/lowering.ts'
import { bind, engine, finite, randomFloats } from './harness.ts'
import { graph as network } from './network-graph.ts'

const RUNS = 400
const NETWORK_RUNS = 40

/** Threshold, convolution, scale and shift. */
function binaryLayer(size: number, channels: number, kernel = 3): Graph {
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
  return builder.build()
}

async function profile(graph: Graph, runs: number, stem?: StemArithmetic): Promise<void> {
  const bound = await bind(graph, stem)
  for (const { name, shape } of graph.inputs) bound.write(name, randomFloats(elementCount(shape)))
  const microseconds = bound.profile(runs)
  const sum = finite(
    Object.values(microseconds).reduce((a, b) => a + b, 0),
    'the sum of microseconds',
  )
  console.log(JSON.stringify({ ...engine, sum, microseconds }))
}

const [what, ...words] = process.argv.slice(3).filter((argument) => !argument.startsWith('-'))
const [channels, kernel] = words.map(Number)
if (what === 'network') await profile(network, NETWORK_RUNS, words[0] as StemArithmetic)
else if (Number(what) > 0) await profile(binaryLayer(Number(what), channels, kernel), RUNS)
else await profile(await readModelFile(what), NETWORK_RUNS, words[0] as StemArithmetic)
