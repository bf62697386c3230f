/**
 * Models with layers that share names, or with shared layers. All of them freeze, tensors are stored once, and names are paths.
 */
import { type Graph, reference } from '@onebit/core'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { freeze } from './freeze.ts'
import type { ToGraphContext } from './to-graph.ts'

type Tensor = tf.SymbolicTensor
const SHAPE = [5, 4, 2]

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const convolution = (name: string): tf.layers.Layer => tf.layers.conv2d({ name, filters: 2, kernelSize: 3, padding: 'same' })
const apply = (layer: tf.layers.Layer, x: Tensor | Tensor[]): Tensor => layer.apply(x) as Tensor

/** A model of one convolution named `conv` and a ReLU. */
function backbone(name: string): tf.LayersModel {
  const input = tf.input({ shape: SHAPE, name: 'image' })
  const outputs = apply(tf.layers.reLU({ name: 'relu' }), apply(convolution('conv'), input))
  return tf.model({ name, inputs: input, outputs })
}

async function expectEqual(model: tf.LayersModel): Promise<Graph> {
  const x = tf.randomUniform([2, ...SHAPE], -1, 1, 'float32', 5)
  const prediction = model.predict(x)
  const expected = Array.isArray(prediction) ? prediction : [prediction]
  const { graph } = freeze(model)
  const outputs = await (await reference.compile(graph)).run({ [graph.inputs[0].name]: x.dataSync() as Float32Array })
  const received = graph.outputs.map(({ name }) => outputs[name])
  expect(received).toHaveLength(expected.length)
  expected.forEach((tensor, index) => {
    const values = tensor.dataSync()
    expect(received[index]).toHaveLength(values.length)
    values.forEach((value, at) => {
      expect(received[index][at]).toBeCloseTo(value, 5)
    })
  })
  return graph
}

const namesOf = ({ nodes }: Graph): string[] => nodes.map(({ name }) => name)
const tensorsOf = ({ tensors }: Graph): string[] => [...tensors.keys()]
const outputsOf = ({ outputs }: Graph): string[] => outputs.map(({ name }) => name)

describe('paths', () => {
  test('a backbone applied twice', async () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const shared = backbone('backbone')
    const graph = await expectEqual(tf.model({ inputs: input, outputs: apply(shared, apply(shared, input)) }))
    expect(namesOf(graph)).toEqual(['backbone.conv', 'backbone.relu', 'backbone.call2.conv', 'backbone.call2.relu'])
    expect(tensorsOf(graph)).toEqual(['backbone.conv.weights', 'backbone.conv.bias'])
  })

  test('a layer called twice in a model called twice, and once more outside', async () => {
    const conv = convolution('conv')
    const inside = tf.input({ shape: SHAPE, name: 'image' })
    const twice = tf.model({ name: 'twice', inputs: inside, outputs: apply(conv, apply(conv, inside)) })
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const graph = await expectEqual(tf.model({ inputs: input, outputs: apply(conv, apply(twice, apply(twice, input))) }))
    expect(namesOf(graph)).toEqual(['twice.conv', 'twice.conv.call2', 'twice.call2.conv', 'twice.call2.conv.call2', 'conv'])
    expect(tensorsOf(graph)).toEqual(['twice.conv.weights', 'twice.conv.bias'])
  })

  test('a nested model with two outputs is written once', async () => {
    const inside = tf.input({ shape: SHAPE, name: 'image' })
    const stem = apply(convolution('stem'), inside)
    const branches = [apply(convolution('left'), stem), apply(convolution('right'), stem)]
    const nested = tf.model({ name: 'nested', inputs: inside, outputs: branches })
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const [left, right] = nested.apply(input) as Tensor[]
    const sum = apply(tf.layers.add({ name: 'sum' }), [left, right])
    const graph = await expectEqual(tf.model({ inputs: input, outputs: [left, right, sum] }))
    expect(namesOf(graph)).toEqual(['nested.stem', 'nested.left', 'nested.right', 'sum'])
    expect(outputsOf(graph)).toEqual(['nested.left', 'nested.right', 'sum'])
  })

  test('two models with equal layer names', async () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const outputs = apply(tf.layers.add({ name: 'sum' }), [apply(backbone('first'), input), apply(backbone('second'), input)])
    const graph = await expectEqual(tf.model({ inputs: input, outputs }))
    expect(namesOf(graph)).toEqual(['first.conv', 'first.relu', 'second.conv', 'second.relu', 'sum'])
  })

  test('a model inside a model of the same name', async () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const inside = tf.input({ shape: SHAPE, name: 'image' })
    const inner = tf.model({ name: 'pair', inputs: inside, outputs: apply(backbone('pair'), inside) })
    const graph = await expectEqual(tf.model({ inputs: input, outputs: apply(inner, input) }))
    expect(namesOf(graph)).toEqual(['pair.pair.conv', 'pair.pair.relu'])
  })

  test('a layer whose name is the path of another', async () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const graph = await expectEqual(
      tf.model({ inputs: input, outputs: apply(convolution('b.conv'), apply(backbone('b'), input)) }),
    )
    expect(namesOf(graph)).toEqual(['b.conv', 'b.relu', 'b.conv_2'])
  })

  test('an outer and an inner layer of the same name', async () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const graph = await expectEqual(tf.model({ inputs: input, outputs: apply(convolution('conv'), apply(backbone('b'), input)) }))
    expect(namesOf(graph)).toEqual(['b.conv', 'b.relu', 'conv'])
  })

  test('a layer applied twice, both times an output', async () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const head = convolution('head')
    const first = apply(head, input)
    const second = apply(head, apply(tf.layers.reLU({ name: 'relu' }), input))
    const graph = await expectEqual(tf.model({ inputs: input, outputs: [first, second] }))
    expect(outputsOf(graph)).toEqual(['head', 'head.call2'])
    expect(tensorsOf(graph)).toEqual(['head.weights', 'head.bias'])
  })

  test('a value that is an output twice, beside a layer of the name that the second would have', () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const head = apply(convolution('head'), input)
    const other = apply(tf.layers.reLU({ name: 'head_2' }), head)
    // TensorFlow.js warns of such a model, and cannot predict with it.
    const { graph } = freeze(tf.model({ inputs: input, outputs: [head, head, other] }))
    expect(outputsOf(graph)).toEqual(['head', 'head_3', 'head_2'])
    expect(namesOf(graph)).toEqual(['head', 'head_2'])
  })

  test('a value that is an output three times', () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const relu = apply(tf.layers.reLU({ name: 'relu' }), input)
    const { graph } = freeze(tf.model({ inputs: input, outputs: [relu, relu, relu] }))
    expect(outputsOf(graph)).toEqual(['relu', 'relu_2', 'relu_3'])
    expect(namesOf(graph)).toEqual(['relu'])
  })

  test('an input that is an output, and a layer without nodes that is one', async () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const dropped = apply(tf.layers.dropout({ name: 'drop', rate: 0.5 }), input)
    const graph = await expectEqual(tf.model({ inputs: input, outputs: [input, dropped] }))
    expect(graph.outputs).toEqual([
      { name: 'image', value: 'image' },
      { name: 'drop', value: 'image' },
    ])
  })

  test('a layer without nodes that is applied twice, both times an output', async () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const drop = tf.layers.dropout({ name: 'drop', rate: 0.5 })
    const first = apply(drop, input)
    const graph = await expectEqual(tf.model({ inputs: input, outputs: [first, apply(drop, first)] }))
    expect(outputsOf(graph)).toEqual(['image', 'image_2'])
  })

  test('a layer applied twice beside a layer with the name of its second call, all outputs', async () => {
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const head = convolution('head')
    const first = apply(head, input)
    const other = apply(tf.layers.reLU({ name: 'head.call2' }), first)
    const graph = await expectEqual(tf.model({ inputs: input, outputs: [first, other, apply(head, other)] }))
    expect(outputsOf(graph)).toEqual(['head', 'head.call2', 'head.call2_2'])
  })

  test('an inner layer with the name of a node of an outer layer', async () => {
    // The activation of `a` takes the name 'a', and its convolution 'a.linear'.
    const input = tf.input({ shape: SHAPE, name: 'image' })
    const a = tf.layers.conv2d({ name: 'a', filters: 2, kernelSize: 1, activation: 'relu' })
    const graph = await expectEqual(tf.model({ inputs: input, outputs: apply(a, apply(convolution('a.linear'), input)) }))
    expect(namesOf(graph)).toEqual(['a.linear', 'a_2.linear', 'a_2'])
  })
})

test('a layer that gives two nodes the same name is refused', () => {
  class Careless extends tf.layers.Layer {
    static readonly className = 'Careless'
    toGraph({ builder, name, inputs }: ToGraphContext): string {
      const relu = { name, inputs, attributes: { function: 'relu' } } as const
      builder.node('activation', relu)
      return builder.node('activation', relu)
    }
  }
  const input = tf.input({ shape: SHAPE, name: 'image' })
  const model = tf.model({ inputs: input, outputs: apply(new Careless({ name: 'careless' }), input) })
  expect(() => freeze(model)).toThrow(/'careless' is used twice/)
})
