/** A network takes at most 4 times the memory of its file and its two largest values. */

import { type Graph, inferTypes, writeModel } from '@onebit/core'
import { perceptron, Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import { expect, test } from 'vitest'
import { graph } from '../bench/network-graph.ts'
import { compileNetwork } from '../src/compile/compile-network.ts'
import { valueBytes } from '../src/program/value.ts'

/** @param samples Number of samples that run at once. */
function limitOf(network: Graph, samples = 1): number {
  const values = [...inferTypes(network).values()].map(valueBytes).sort((a, b) => b - a)
  return 4 * writeModel(network).length + samples * (values[0] + values[1])
}

test.each([1, 2, 4])('Real-to-Binary ResNet-18 on %i threads', (threads) => {
  const { bytes, constantBytes } = compileNetwork(graph, { threads }).memory
  const [file, limit] = [writeModel(graph).length, limitOf(graph)]
  console.info(`${threads} threads: ${bytes} bytes, ${constantBytes} of them constants; file ${file}, limit ${limit}`)
  expect(bytes).toBeLessThan(limit)
  expect(bytes).toBeGreaterThan(file)
})

test.each([1, 2, 4])('dense layers that run several samples at once, on %i threads', (threads) => {
  const network = perceptron(new Random(SEED, SOME_SPECIAL), [784, 1024, 1024, 10])
  for (const tiles of [undefined, []]) {
    const { memory, programs, constants } = compileNetwork(network, { tiles, threads })
    expect(programs[0].samples).toBe(16 * threads)
    expect(memory.bytes).toBeLessThan(limitOf(network, programs[0].samples))
    // The weights of the two large layers are held once for all programs.
    expect(constants.filter(({ bytes }) => bytes > 50_000)).toHaveLength(2)
  }
})
