/** A small network passes. Networks with one error fail in the right case. */
import '@tensorflow/tfjs-backend-cpu'
import { defineNetwork, type Network } from '@onebit/core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { describe, expect, test } from 'vitest'
import { failures, networkCases, testNetwork } from '../src/index.ts'

interface Sabotage {
  readonly forgetsNames?: boolean
  readonly forgetsFeatures?: boolean
  readonly ignoresInput?: boolean
  readonly forgetsQuantizers?: boolean
  readonly insistsOnQuantizers?: boolean
  readonly grows?: boolean
  readonly ignoresStride?: boolean
  readonly widensWithStride?: boolean
}

function networkThat(wrong: Sabotage = {}): Network {
  return defineNetwork({
    name: 'small-network',
    options: { outputStride: { default: 4, values: [4, 2] } },
    build: ({ outputStride }, context) => {
      const { block, activation, weight } = context
      const size = wrong.ignoresInput ? [16, 16, 3] : [...context.input]
      const image = input({ name: 'image', shape: size })
      const stem = layers.conv2d({
        name: wrong.forgetsNames ? undefined : 'stem.conv',
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
      })
      const dilates = outputStride === 2 && !wrong.ignoresStride
      const given = wrong.forgetsQuantizers ? {} : wrong.insistsOnQuantizers ? sticky(context) : { activation, weight }
      const filters = wrong.widensWithStride && dilates ? 16 : 8
      const at = (name: string, strides: number) => ({ name, filters, strides, dilation: 1, ...given })
      const [stage1] = block.plugin.apply([stem.apply(image) as SymbolicTensor], block.options, at('stage1', 1))
      const [stage2] = block.plugin.apply([stage1], block.options, at('stage2', dilates ? 1 : 2))
      const stages = wrong.grows ? { stage1: stage2, stage2: stage1 } : { stage1, stage2 }
      return { input: image, features: wrong.forgetsFeatures ? {} : stages, output: stage2 }
    },
  })
}

let remembered: object = {}
/** The last given quantizers, even if none are given now. */
function sticky({ activation, weight }: { readonly activation?: unknown; readonly weight?: unknown }): object {
  if (activation && weight) remembered = { activation, weight }
  return remembered
}

testNetwork(networkThat(), { test, input: [8, 8, 3] })

describe('sabotage', () => {
  test.each<[keyof Sabotage, RegExp]>([
    ['forgetsNames', /Built twice, its weights have different names/],
    ['forgetsFeatures', /Its features have other names.*received none/],
    ['ignoresInput', /The input does not have the requested name and shape\. Expected 'image' of \[8,8,3\]/],
    ['forgetsQuantizers', /With quantizers, nothing in it is quantized/],
    ['insistsOnQuantizers', /Without quantizers, something in it is quantized/],
    ['grows', /The feature 'stage2' is larger than the one before/],
    ['ignoresStride', /An output stride of 2 is not kept\. Expected 4 x 4, received 2 x 2/],
    ['widensWithStride', /With an output stride of 2 it has other weights/],
  ])('%s', async (sabotage, message) => {
    const failed = await failures(networkCases(networkThat({ [sabotage]: true }), { input: [8, 8, 3] }))
    expect([...failed].map(([name, error]) => `${name}: ${error.message}`).join('\n')).toMatch(message)
  })
})
