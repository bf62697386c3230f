/** What a network takes of memory: at most 4 times its file and its two largest values. */
import { inferTypes, writeModel } from '@onebit/core'
import { expect, test } from 'vitest'
import { graph } from '../bench/network-graph.ts'
import { compileGraph } from '../src/program/compile-graph.ts'
import { valueBytes } from '../src/program/value.ts'

const file = writeModel(graph).length
const values = [...inferTypes(graph).values()].map(valueBytes).sort((a, b) => b - a)
const limit = 4 * file + values[0] + values[1]

test.each([1, 2, 4])('Real-to-Binary ResNet-18 on %i threads', (threads) => {
  const { bytes, constantBytes } = compileGraph(graph, undefined, threads).memory
  console.info(`${threads} threads: ${bytes} bytes, ${constantBytes} of them constants; file ${file}, limit ${limit}`)
  expect(bytes).toBeLessThan(limit)
  expect(bytes).toBeGreaterThan(file)
})
