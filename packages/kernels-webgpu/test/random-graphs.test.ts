/** Random graphs, bit for bit like the reference: as many as fit some seconds, or ONEBIT_GRAPHS. `scripts/random-graphs.mjs` runs thousands. */
import { SEED } from '@onebit/testkit/random'
import { expect, test } from 'vitest'
import { webgpu } from '../src/index.ts'
import { describeOnGpu, gpu } from './gpu.ts'
import { compareGraphs } from './random-cases.ts'

const GRAPHS = Number(process.env.ONEBIT_GRAPHS ?? 240)

describeOnGpu('random graphs', () => {
  test.each(['plain', 'guarded'] as const)('with %s arithmetic', { timeout: 1_000_000 }, async (arithmetic) => {
    const { compared, leftOut, difference } = await compareGraphs(webgpu({ gpu, arithmetic }), SEED, GRAPHS / 2)
    expect(difference).toBeUndefined()
    console.info(`${compared} random graphs equal the reference; ${leftOut} with subnormal numbers were left out`)
    expect(compared).toBeGreaterThan(0.8 * (GRAPHS / 2))
  })
})
