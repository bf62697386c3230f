/** The reference passes its own suite; backends that are wrong in one place are refused there. */
import { type KernelBackend, reference } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { failures, kernelBackendCases, testKernelBackend } from '../src/index.ts'

testKernelBackend(() => reference, { test })

/** A reference that compiles another graph than the one it was given. */
const padsWithOnes: KernelBackend = {
  ...reference,
  compile: (graph) => {
    const nodes = graph.nodes.map((node) => {
      return node.op === 'binaryConv2d' ? { ...node, attributes: { ...node.attributes, paddingValue: 'one' as const } } : node
    })
    return reference.compile({ ...graph, nodes })
  },
}

const sharesArrays: KernelBackend = {
  ...reference,
  compile: async (graph) => {
    const executable = await reference.compile(graph)
    const shared = new Map<string, Float32Array>()
    return {
      dispose: () => executable.dispose(),
      run: async (inputs, options) => {
        const outputs = await executable.run(inputs, options)
        const { result } = outputs
        if (!(result instanceof Float32Array)) return outputs
        const kept = shared.get(`${result.length}`) ?? new Float32Array(result.length)
        shared.set(`${result.length}`, kept)
        kept.set(result)
        return { ...outputs, result: kept }
      },
    }
  },
}

const runsWhenDisposed: KernelBackend = {
  ...reference,
  compile: async (graph) => {
    const executable = await reference.compile(graph)
    return { run: (inputs, options) => executable.run(inputs, options), dispose: () => {} }
  },
}

describe('sabotage', () => {
  test.each([
    { name: 'pads with ones', backend: padsWithOnes, message: /binaryConv2d computes.*: .*differs from the reference at \d+/ },
    { name: 'shares arrays', backend: sharesArrays, message: /arrays of their own: .*differs from the reference/ },
    { name: 'runs when disposed', backend: runsWhenDisposed, message: /disposed network does not run: It runs after dispose/ },
    {
      name: 'explains nothing',
      backend: { ...reference, explain: async () => [] } as KernelBackend,
      message: /explains every node.*does not tell of every node/,
    },
  ])('$name', async ({ backend, message }) => {
    // Enough graphs that one of them is sure to have what the backend is wrong at.
    const failed = await failures(kernelBackendCases(() => backend, { graphs: 40 }))
    expect([...failed].map(([name, error]) => `${name}: ${error.message}`).join('\n')).toMatch(message)
  })
})
