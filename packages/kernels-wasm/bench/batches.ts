/**
 * Networks of dense layers in batches through the public `run`, floats in and floats out: `node packages/kernels-wasm/bench/run.mjs
 * batches [--strict]`. Compares with the same network sample by sample, and with float32 layers of the same sizes on TensorFlow.js.
 */
import { readFile } from 'node:fs/promises'
import { type Graph, GraphBuilder, type GraphTensor, packSigns, reference } from '@onebit/core'
import { compileNetwork } from '../src/compile/compile-network.ts'
import { chooseKernel } from '../src/loading/choose-tile.ts'
import { instantiate } from '../src/loading/kernels.ts'
import { SingleThreadExecutable } from '../src/run/single-thread-executable.ts'
import { compareAll, randomFloats, relativeError, relaxed, same, tf, useTensorFlowWasm } from './harness.ts'
import { FLOAT32_TOLERANCE } from './peers/peer.ts'
import { finish, report } from './report.ts'

const BATCHES = [1, 2, 16, 64]
const ROUNDS = 15

/** Features of each layer. Those of the input come first. */
type Sizes = readonly number[]

function floats(...shape: number[]): GraphTensor {
  return { dtype: 'float32', shape, data: randomFloats(shape.reduce((a, b) => a * b, 1)) }
}

function sign(builder: GraphBuilder, value: string): string {
  const tensors = {
    thresholds: { dtype: 'float32', shape: [1, 1], data: new Float32Array(1) },
    first: { dtype: 'bit', shape: [1], data: new Uint8Array(1) },
  } as const
  return builder.node('threshold', { inputs: [value], tensors })
}

/** Binary layers, each with scale and shift. */
function binaryNetwork(sizes: Sizes): Graph {
  const builder = new GraphBuilder()
  let value = builder.input('x', [sizes[0]])
  for (let layer = 1; layer < sizes.length; layer++) {
    const [channels, outputs] = sizes.slice(layer - 1)
    const weights = { dtype: 'bit', shape: [outputs, channels], data: packSigns(randomFloats(outputs * channels)) } as const
    const sums = builder.node('binaryDense', { inputs: [sign(builder, value)], tensors: { weights } })
    value = builder.node('affine', { inputs: [sums], tensors: { scale: floats(outputs), shift: floats(outputs) } })
  }
  builder.output('y', value)
  return builder.build()
}

/** Real layers with a ReLU between them. */
function realNetwork(sizes: Sizes): Graph {
  const builder = new GraphBuilder()
  let value = builder.input('x', [sizes[0]])
  for (let layer = 1; layer < sizes.length; layer++) {
    const [channels, outputs] = sizes.slice(layer - 1)
    if (layer > 1) value = builder.node('activation', { inputs: [value], attributes: { function: 'relu' } })
    value = builder.node('dense', { inputs: [value], tensors: { weights: floats(channels, outputs), bias: floats(outputs) } })
  }
  builder.output('y', value)
  return builder.build()
}

interface OnTensorFlow {
  run(x: tf.Tensor2D): tf.Tensor2D
  dispose(): void
}

/** A real network with fused ReLUs and biases. */
function onTensorFlow({ nodes, tensors }: Graph): OnTensorFlow {
  const upload = (name: string): tf.Tensor => tf.tensor(tensors.get(name)!.data as Float32Array, [...tensors.get(name)!.shape])
  const layers = nodes
    .filter(({ op }) => op === 'dense')
    .map((node) => ({ weights: upload(node.tensors.weights) as tf.Tensor2D, bias: upload(node.tensors.bias) }))
  return {
    run: (x) =>
      tf.tidy(() =>
        layers.reduce((a, { weights: b, bias }, layer) => {
          const activation = layer < layers.length - 1 ? 'relu' : 'linear'
          return tf.fused.matMul({ a, b, bias, activation }) as tf.Tensor2D
        }, x),
      ),
    dispose: () => tf.dispose(layers),
  }
}

const module = await WebAssembly.compile(
  await readFile(new URL(`../wasm/kernels${relaxed ? '-relaxed' : ''}.wasm`, import.meta.url)),
)
const { tiles } = await chooseKernel(module)
await useTensorFlowWasm()

/** Compiles like the backend, or only the program for one sample. */
async function compile(graph: Graph, stacked: boolean): Promise<SingleThreadExecutable> {
  const compiled = compileNetwork(graph, { tiles })
  const programs = stacked ? compiled.programs : compiled.programs.slice(-1)
  return new SingleThreadExecutable({ ...compiled, programs }, await instantiate(module, compiled.memory.bytes))
}

/** @param graph A network of these sizes. */
async function compareBatches(name: string, sizes: Sizes, graph: Graph): Promise<void> {
  const [stacked, alone] = [await compile(graph, true), await compile(graph, false)]
  const plain = await reference.compile(graph)
  const isReal = graph.nodes.some(({ op }) => op === 'dense')
  const real = isReal ? graph : realNetwork(sizes)
  const theirs = onTensorFlow(real)
  const realPlain = await reference.compile(real)
  const peer = `tfjs-wasm ${tf.version_core} float32`
  for (const batch of BATCHES) {
    const x = randomFloats(batch * sizes[0])
    const input = tf.tensor2d(x, [batch, sizes[0]])
    const { y: expected } = await plain.run({ x })
    const { y: expectedReal } = await realPlain.run({ x })
    const verify = async (network: SingleThreadExecutable): Promise<boolean> => same((await network.run({ x })).y, expected)
    const answer = tf.tidy(() => theirs.run(input).dataSync())
    const tasks = {
      ours: () => stacked.run({ x }),
      'ours, sample by sample': () => alone.run({ x }),
      [peer]: () => theirs.run(input).dispose(),
    }
    report(
      `${name}, ${sizes.join('-')}, batch ${batch}`,
      await compareAll(tasks, ROUNDS),
      { name: 'ours', verified: await verify(stacked) },
      [
        { name: 'ours, sample by sample', verified: await verify(alone) },
        { name: peer, verified: relativeError(answer, expectedReal) <= FLOAT32_TOLERANCE },
      ],
    )
    input.dispose()
  }
  theirs.dispose()
}

for (const sizes of [
  [1024, 1024],
  [784, 1024, 1024, 10],
]) {
  await compareBatches('binary dense', sizes, binaryNetwork(sizes))
  await compareBatches('real dense', sizes, realNetwork(sizes))
}
finish()
