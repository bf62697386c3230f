/** Binary layers that the random cases of kernel-builds.property.test.ts are too small for. */
import { GraphBuilder } from '@onebit/core'
import { describe, expect, it } from 'vitest'
import { expectSameAsReference, sign } from './compare.ts'
import { Random, SEED } from './random.ts'

describe('binary layers', () => {
  it('sums more than 65,535 taps without overflow', async () => {
    const random = new Random(SEED)
    const builder = new GraphBuilder()
    const bits = sign(builder, builder.input('x', [70_001]))
    const weights = { dtype: 'bit', shape: [3, 70_001], data: new Uint8Array(Math.ceil(210_003 / 8)) } as const
    builder.output('y', builder.node('binaryDense', { inputs: [bits], tensors: { weights } }))
    await expect(expectSameAsReference(builder.build(), random)).resolves.toBeUndefined()
  })

  it('counts long sums in stretches, and many outputs and pixels in blocks and chunks', async () => {
    const random = new Random(SEED)
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
})
