/** Runs a graph of real layers on TensorFlow.js's WASM backend in its fastest form, with fused bias and activation. */
import type { AnyNode, Graph, GraphTensor } from '@onebit/core'
import { tf, useTensorFlowWasm } from '../harness.ts'
import { FLOAT32_TOLERANCE, type Peer } from './peer.ts'

type Activation = 'relu' | 'relu6' | 'linear'

/** The activation of a node, if TensorFlow.js can fuse it. */
function activationOf(node: AnyNode | undefined): Activation | undefined {
  if (node?.op === 'activation' && node.attributes.function === 'relu') return 'relu'
  if (node?.op === 'clip' && node.attributes.minimum === 0 && node.attributes.maximum === 6) return 'relu6'
  return undefined
}

/** Maps a convolution to the node behind it that runs in the same kernel. */
function fusedActivations({ nodes }: Graph): Map<string, AnyNode> {
  const fused = new Map<string, AnyNode>()
  for (const { name, op } of nodes) {
    const consumers = nodes.filter(({ inputs }) => inputs.includes(name))
    if (op === 'conv2d' && consumers.length === 1 && activationOf(consumers[0])) fused.set(name, consumers[0])
  }
  return fused
}

function upload({ shape, data }: GraphTensor): tf.Tensor {
  return tf.tensor(data as Float32Array, [...shape])
}

interface Compiled {
  /** @param input `[1, ...shape]`. The caller disposes of the result. */
  run(input: tf.Tensor): tf.Tensor
  dispose(): void
}

type TensorOf = (role: string) => tf.Tensor | undefined

function convolve(node: Extract<AnyNode, { op: 'conv2d' }>, x: tf.Tensor4D, tensor: TensorOf, activation: Activation): tf.Tensor {
  const { strides, padding, groups } = node.attributes
  const options = { x, strides: strides[0], pad: padding[0], bias: tensor('bias'), activation }
  const filter = tensor('weights') as tf.Tensor4D
  if (groups === 1) return tf.fused.conv2d({ ...options, filter })
  const [height, width] = filter.shape
  return tf.fused.depthwiseConv2d({ ...options, filter: tf.reshape(filter, [height, width, groups, 1]) as tf.Tensor4D })
}

function compute(node: AnyNode, [input, second]: tf.Tensor[], tensor: TensorOf, activation: Activation): tf.Tensor {
  const image = input as tf.Tensor4D
  switch (node.op) {
    case 'conv2d':
      return convolve(node, image, tensor, activation)
    case 'activation':
      return tf.relu(input)
    case 'add':
      return tf.add(input, second)
    case 'maxPool':
      return tf.maxPool(image, [...node.attributes.size], [...node.attributes.strides], node.attributes.padding[0])
    case 'mean':
      return tf.mean(image, [1, 2])
    case 'dense':
      return tf.fused.matMul({ a: input as tf.Tensor2D, b: tensor('weights') as tf.Tensor2D, bias: tensor('bias') })
    default:
      throw new Error(`The benchmark has no ${node.op} on TensorFlow.js.`)
  }
}

/** Uploads the weights once. */
function compileForTfjs(graph: Graph): Compiled {
  const tensors = new Map([...graph.tensors].map(([name, tensor]) => [name, upload(tensor)]))
  const fused = fusedActivations(graph)
  const absorbed = new Set([...fused.values()].map(({ name }) => name))
  const run = (input: tf.Tensor): tf.Tensor => {
    const values = new Map([[graph.inputs[0].name, input]])
    for (const node of graph.nodes) {
      if (absorbed.has(node.name)) continue
      const inputs = node.inputs.map((name) => values.get(name)!)
      const behind = fused.get(node.name)
      const tensor: TensorOf = (role) => tensors.get(node.tensors[role])
      values.set(behind?.name ?? node.name, compute(node, inputs, tensor, activationOf(behind) ?? 'linear'))
    }
    return values.get(graph.outputs[0].value)!
  }
  return { run: (input) => tf.tidy(() => run(input)), dispose: () => tf.dispose([...tensors.values()]) }
}

/** TensorFlow.js's WASM backend has one thread in Node. */
export async function tfjsWasm(): Promise<Peer> {
  await useTensorFlowWasm()
  return {
    name: `tfjs-wasm ${tf.version_core} float32`,
    tolerance: FLOAT32_TOLERANCE,
    async load(graph, input) {
      const compiled = compileForTfjs(graph)
      const tensor = tf.tensor(input, [1, ...graph.inputs[0].shape])
      return {
        run: () => compiled.run(tensor).dispose(),
        output: async () => {
          const result = compiled.run(tensor)
          const values = result.dataSync() as Float32Array
          result.dispose()
          return values
        },
        dispose() {
          tensor.dispose()
          compiled.dispose()
        },
      }
    },
  }
}
