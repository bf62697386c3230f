/**
 * Published and mini networks give kernels-wasm's labels and numbers. Part of the record of `scripts/published-networks.ts` is
 * repeated.
 */
import { readFileSync } from 'node:fs'
import { Random, SEED } from '@onebit/testkit/random'
import { describe, expect, test } from 'vitest'
import { webgpu } from '../src/index.ts'
import { describeOnGpu, gpu } from './gpu.ts'
import { compareWithWasm, graphOf, kernelsMissing, NETWORKS } from './published-cases.ts'
import type { PublishedNetworks } from './published-networks-result.ts'

const record: PublishedNetworks = JSON.parse(readFileSync(new URL('published-networks.json', import.meta.url), 'utf8'))

describe('the record of networks', () => {
  test('has all of them, at their own size, and says where they ran', () => {
    expect(record.networks.map(({ name }) => name)).toEqual(Object.keys(NETWORKS))
    for (const { name, input } of record.networks) expect(input, name).toEqual(NETWORKS[name].input)
    expect(record.engine).toMatch(/^Node v\d+.*Dawn of webgpu \d/)
    expect(record.adapter).toMatch(/swiftshader/i)
  })

  test.each(record.networks.map((network) => [network.name, network] as const))('%s: all labels, all numbers', (_, network) => {
    const { images, labels, values, differing, flushed } = network
    expect(labels).toBe(images)
    expect(values).toBeGreaterThan(0)
    expect(differing).toBe(0)
    expect(flushed).toBeLessThan(values)
  })
})

const skipped = kernelsMissing && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1'

describeOnGpu('a sample of the networks', () => {
  const small = record.networks.filter(({ input }) => input[0] < 100)
  const sample = [small.find(({ name }) => !name.startsWith('mini/'))!, new Random(SEED).pick(small)]
  const title = skipped ? `%s (skipped: ${kernelsMissing})` : '%s'
  test.skipIf(skipped).each(sample.map((network) => [network.name, network] as const))(title, async (name, network) => {
    const { input: _, name: __, seconds: ___, seed, ...expected } = network
    const backend = webgpu({ gpu, arithmetic: record.arithmetic })
    expect(await compareWithWasm(backend, await graphOf(name, seed), { images: network.images, seed })).toEqual(expected)
  })
})
