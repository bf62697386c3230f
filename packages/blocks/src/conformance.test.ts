/** Every block passes the suite that blocks of third parties run: shapes, names, gradients, saving and freezing. */
import '@tensorflow/tfjs-backend-cpu'
import { testBlock } from '@onebit/testkit'
import { test } from 'vitest'
import blocks from './index.ts'

type Variants = NonNullable<Parameters<typeof testBlock>[1]['variants']>

/** Options that change the layers. */
const variants: Readonly<Record<string, Variants>> = {
  basic: [{ downsample: 'padded' }],
  'strong-baseline': [{ downsample: 'strided' }],
  react: [{ form: 'mobilenet' }],
  bnext: [{ recoupling: false }],
  'group-net': [{ decomposition: 'layer' }],
}

/** Gates have an eighth of the channels as hidden units, and one or two may all be off. */
const channels: Readonly<Record<string, number>> = { bnext: 64, 'real-to-binary': 64 }

for (const block of blocks) testBlock(block, { test, variants: variants[block.name], channels: channels[block.name] })
