/** Binary layers larger than the random cases of kernel-builds.property.test.ts. */

import { explainGraph, GraphBuilder } from '@onebit/core'
import { Random, SEED, SOME_SPECIAL, sign } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { backend, expectSameAsReference } from './compare.ts'

describe('binary layers', () => {
  it('sums more than 65,535 taps without overflow', async () => {
    const random = new Random(SEED, SOME_SPECIAL)
    const builder = new GraphBuilder()
    const bits = sign(builder, builder.input('x', [70_001]))
    const weights = { dtype: 'bit', shape: [3, 70_001], data: new Uint8Array(Math.ceil(210_003 / 8)) } as const
    builder.output('y', builder.node('binaryDense', { inputs: [bits], tensors: { weights } }))
    await expect(expectSameAsReference(builder.build(), random)).resolves.toBeUndefined()
  })

  it('counts long sums in stretches, and many outputs and pixels in blocks and chunks', async () => {
    const random = new Random(SEED, SOME_SPECIAL)
    for (const [size, channels, outputs] of [
      [3, 300, 130],
      [24, 24, 72],
    ]) {
      const builder = new GraphBuilder()
      const bits = sign(builder, builder.input('x', [size, size, channels]))
      const weights = random.bitTensor(outputs, 3, 3, channels)
      const attributes = { padding: [1, 1, 1, 1] } as const
      builder.output('y', builder.node('binaryConv2d', { inputs: [bits], tensors: { weights }, attributes }))
      await expect(expectSameAsReference(builder.build(), random)).resolves.toBeUndefined()
    }
  })

  it('fuses what follows a transposed layer into its phases, chunk by chunk', async () => {
    const random = new Random(SEED, SOME_SPECIAL)
    for (const [height, width, window, stride] of [
      [40, 37, 4, 2],
      [9, 70, 3, 3],
      [30, 21, 2, 3],
    ]) {
      const builder = new GraphBuilder()
      const bits = sign(builder, builder.input('x', [height, width, 24]))
      const tensors = { weights: random.bitTensor(16, window, window, 24) }
      const attributes = { strides: [stride, stride], padding: [1, 0, 0, 1] } as const
      const sums = builder.node('binaryConv2dTranspose', { inputs: [bits], tensors, attributes })
      const perChannel = { scale: random.floatTensor(16), shift: random.floatTensor(16) }
      const affine = builder.node('affine', { name: 'affine', inputs: [sums], tensors: perChannel })
      const shortcut = builder.input('shortcut', builder.type(affine).shape)
      const sum = builder.node('add', { name: 'sum', inputs: [affine, shortcut] })
      builder.output('sum', sum)
      builder.output('bits', sign(builder, sum))
      const graph = builder.build()
      const explained = await explainGraph(graph, backend)
      expect(explained).toContainEqual({ node: 'sum', op: 'add', kernel: `fused into ${sums}` })
      const kernel = expect.stringMatching(`^lookup tables, .*, in ${stride ** 2} sub-convolutions`)
      expect(explained).toContainEqual(expect.objectContaining({ node: sums, kernel, choice: expect.any(String) }))
      await expectSameAsReference(graph, random)
    }
  })
})
