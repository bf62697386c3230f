/** Tests which neighboring affines are merged, and that values stay the same. */
import { GraphBuilder, reference } from '@onebit/core'
import { expect, test } from 'vitest'
import { floatTensor } from './float-tensor.ts'
import { mergeAffines } from './merge-affines.ts'

const CHANNELS = 3

function affine(builder: GraphBuilder, name: string, input: string, scale: number[], shift: number[]): string {
  return builder.node('affine', { name, inputs: [input], tensors: { scale: floatTensor(scale), shift: floatTensor(shift) } })
}

async function merged(build: (builder: GraphBuilder) => void) {
  const builder = new GraphBuilder()
  builder.input('x', [CHANNELS])
  build(builder)
  const before = builder.build()
  const after = mergeAffines(before)
  const inputs = { x: Float32Array.of(1, -2, 0.5, 0, 4, -1) }
  const outputs = async (graph: typeof before) => (await reference.compile(graph)).run(inputs)
  const [expected, received] = [await outputs(before), await outputs(after)]
  for (const [name, values] of Object.entries(expected)) {
    expect(Array.from(received[name])).toEqual(Array.from(values, (value) => expect.closeTo(value, 5)))
  }
  return { nodes: after.nodes.map(({ name }) => name), tensors: after.tensors }
}

test('the second absorbs the first, with shared values or per channel', async () => {
  for (const [scale, shift] of [
    [[2], [0]],
    [[2], [0.5]],
    [
      [2, 3, -1],
      [0, 1, 2],
    ],
  ]) {
    const { nodes, tensors } = await merged((builder) => {
      const first = affine(builder, 'first', 'x', scale, shift)
      builder.output('y', affine(builder, 'second', first, [-1, 0.5, 4], [1]))
    })
    expect(nodes).toEqual(['second'])
    expect([...tensors.keys()]).toEqual(['second.scale', 'second.shift'])
  }
})

test('three in a row become one', async () => {
  const { nodes } = await merged((builder) => {
    const first = affine(builder, 'first', 'x', [2], [1])
    builder.output('y', affine(builder, 'third', affine(builder, 'second', first, [3], [-1]), [0.5, 1, 2], [0]))
  })
  expect(nodes).toEqual(['third'])
})

test('an affine with another reader stays: a shortcut, or an output of the graph', async () => {
  const shortcut = await merged((builder) => {
    const first = affine(builder, 'first', 'x', [2, 3, 4], [1])
    builder.output('y', builder.node('add', { name: 'sum', inputs: [first, affine(builder, 'second', first, [5], [6])] }))
  })
  expect(shortcut.nodes).toEqual(['first', 'second', 'sum'])
  const output = await merged((builder) => {
    const first = affine(builder, 'first', 'x', [2, 3, 4], [1])
    builder.output('tapped', first)
    builder.output('y', affine(builder, 'second', first, [5], [6]))
  })
  expect(output.nodes).toEqual(['first', 'second'])
})
