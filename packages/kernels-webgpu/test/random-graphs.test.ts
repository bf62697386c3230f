/**
 * Random graphs equal the reference bit for bit: ONEBIT_GRAPHS of them, by default some seconds of work.
 * `scripts/random-graphs.ts` ran thousands. Part of its record is repeated.
 */
import { readFileSync } from 'node:fs'
import { Random, SEED } from '@onebit/testkit/random'
import { describe, expect, test } from 'vitest'
import { webgpu } from '../src/index.ts'
import { describeOnGpu, gpu } from './gpu.ts'
import { compareGraphs } from './random-cases.ts'
import type { RandomGraphs } from './random-graphs-result.ts'

const GRAPHS = Number(process.env.ONEBIT_GRAPHS ?? 240)
/** Number of neighboring graphs to compare again, of each part of the record. */
const SAMPLE = 6

const { parts }: RandomGraphs = JSON.parse(readFileSync(new URL('random-graphs.json', import.meta.url), 'utf8'))
const total = (key: 'graphs' | 'equal' | 'leftOut'): number => parts.reduce((sum, part) => sum + part[key], 0)

describeOnGpu('random graphs', () => {
  test.each(['plain', 'guarded'] as const)('with %s arithmetic', { timeout: 1_000_000 }, async (arithmetic) => {
    const { compared, leftOut, difference } = await compareGraphs(webgpu({ gpu, arithmetic }), SEED, GRAPHS / 2)
    expect(difference).toBeUndefined()
    console.info(`${compared} random graphs equal the reference; ${leftOut} with subnormal numbers were left out`)
    expect(compared).toBeGreaterThan(0.8 * (GRAPHS / 2))
  })

  test.each(parts.map((part) => [`${part.engine}, ${part.arithmetic}`, part] as const))('a sample of %s', async (_, part) => {
    const first = part.seed + new Random(SEED).integer(0, part.graphs - SAMPLE)
    const { difference } = await compareGraphs(webgpu({ gpu, arithmetic: part.arithmetic }), first, SAMPLE)
    expect(difference).toBeUndefined()
  })
})

describe('the record of random graphs', () => {
  test('has at least 3,000 that are equal, in Node and in Chromium, with either arithmetic', () => {
    expect(total('equal')).toBeGreaterThanOrEqual(3000)
    expect(total('equal') + total('leftOut')).toBe(total('graphs'))
    for (const engine of [/^Node v\d+.*Dawn of webgpu \d/, /^Chromium \d/]) {
      const own = parts.filter((part) => engine.test(part.engine))
      expect(own.map(({ arithmetic }) => arithmetic)).toEqual(['plain', 'guarded'])
      expect(own.every(({ adapter }) => /swiftshader/i.test(adapter))).toBe(true)
    }
  })

  test('draws no graph twice', () => {
    const sorted = [...parts].sort((a, b) => a.seed - b.seed)
    sorted.slice(1).forEach((part, index) => {
      expect(part.seed).toBeGreaterThanOrEqual(sorted[index].seed + sorted[index].graphs)
    })
  })
})
