/** A small residual block passes. Blocks with one error fail in the right case. */
import '@tensorflow/tfjs-backend-cpu'
import { type Block, type BlockDefinition, defineBlock, type OptionRules } from '@onebit/core'
import { QuantConv2D } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { describe, expect, test } from 'vitest'
import { blockCases, failures, testBlock } from '../src/index.ts'

function blockThat({ ignoresStrides = false, forgetsName = false, cutsGradient = false, claims = 1 } = {}): Block {
  const definition: BlockDefinition<OptionRules> = {
    name: 'small-block',
    convolutions: claims,
    apply: ([input], _, { name, filters, strides, dilation, activation, weight }) => {
      const conv = new QuantConv2D({
        name: forgetsName ? undefined : `${name}.conv`,
        filters,
        kernelSize: 3,
        strides: ignoresStrides ? 1 : strides,
        dilationRate: dilation,
        inputQuantizer: activation,
        kernelQuantizer: weight,
      }).apply(input) as SymbolicTensor
      const norm = layers.batchNormalization({ name: `${name}.norm` }).apply(conv) as SymbolicTensor
      if (!cutsGradient) return [norm]
      // Clipped between 0 and 0, so nothing passes.
      const zero = layers.reLU({ name: `${name}.cut`, maxValue: 0 }).apply(norm) as SymbolicTensor
      return [zero]
    },
  }
  return defineBlock(definition)
}

testBlock(blockThat(), { test })

describe('sabotage', () => {
  test.each([
    {
      name: 'ignores strides',
      block: blockThat({ ignoresStrides: true }),
      message: /The output has another shape\. Expected \[4, 4, 16\]/,
    },
    { name: 'forgets its name', block: blockThat({ forgetsName: true }), message: /does not carry the block's name/ },
    {
      name: 'cuts the gradient',
      block: blockThat({ cutsGradient: true }),
      message: /Backpropagation through it fails\. Received an exception: Cannot find a connection/,
    },
    {
      name: 'claims too much',
      block: blockThat({ claims: 2 }),
      message: /fewer quantized layers than it says\. Expected at least 2/,
    },
  ])('$name', async ({ block, message }) => {
    const failed = await failures(blockCases(block))
    expect([...failed].map(([name, error]) => `${name}: ${error.message}`).join('\n')).toMatch(message)
  })
})
