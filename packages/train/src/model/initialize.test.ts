/** One seed determines every weight of every block, whatever the process drew before. */
import blocks from '@onebit/blocks'
import classify, { classifier } from '@onebit/classify'
import { type BlockReference, createRegistry } from '@onebit/core'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { startEngine } from '../engine.ts'
import { initializeWeights } from './initialize.ts'
import { readWeights } from './weight-values.ts'

const registry = createRegistry([quantizers, blocks, networks, classify])
beforeAll(async () => void (await startEngine('wasm')))

function compose(block: BlockReference): tf.LayersModel {
  const activation = 'rsign'
  const weight = 'magnitude-aware-sign'
  const network = { name: 'resnet-small', width: 16, stages: 2 } as const
  return classifier(registry, { network, block, activation, weight, classes: 3, input: [8, 8, 1] })
}

describe('the seed', () => {
  test.each(registry.list('block').map(({ name }) => name))('fixes every weight of %s', async (block) => {
    const [first, second] = [compose(block as BlockReference), compose(block as BlockReference)]
    // Change some weights. They must be initialized again, too.
    for (const weight of second.weights) weight.write(tf.add(weight.read(), 0.5))
    expect(initializeWeights(first, 5)).toEqual([])
    expect(initializeWeights(second, 5)).toEqual([])
    expect(await readWeights(second)).toEqual(await readWeights(first))
    const drawn = await readWeights(first)
    initializeWeights(second, 6)
    expect(await readWeights(second)).not.toEqual(drawn)
    first.dispose()
    second.dispose()
  })
})
