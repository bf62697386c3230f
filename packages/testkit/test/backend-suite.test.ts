/** The reference passes its own suite. Backends with one error fail in the right case. */
import { type Executable, type KernelBackend, type RunOutput, reference, typeGraph } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { failures, kernelBackendCases, testKernelBackend } from '../src/index.ts'

testKernelBackend(() => reference, { test })

/** A reference that compiles a changed graph. */
const padsWithOnes: KernelBackend = {
  ...reference,
  compile: (given) => {
    const { graph } = typeGraph(given)
    const nodes = graph.nodes.map((node) => {
      return node.op === 'binaryConv2d' ? { ...node, attributes: { ...node.attributes, paddingValue: 'one' as const } } : node
    })
    return reference.compile({ ...graph, nodes })
  },
}

/** A reference whose executables differ in some way. */
function sabotaged(change: (executable: Executable) => Partial<Executable>): KernelBackend {
  return {
    ...reference,
    compile: async (graph) => {
      const executable = await reference.compile(graph)
      const { explanations } = executable
      const run: Executable['run'] = (inputs, options) => executable.run(inputs, options)
      return { explanations, run, dispose: () => executable.dispose(), ...change(executable) }
    },
  }
}

const sharesArrays = sabotaged((executable) => {
  const shared = new Map<string, Float32Array>()
  return {
    run: async (inputs, options): Promise<Record<string, RunOutput>> => {
      const outputs = await executable.run(inputs, options)
      const { result } = outputs
      if (!(result instanceof Float32Array)) return outputs
      const kept = shared.get(`${result.length}`) ?? new Float32Array(result.length)
      shared.set(`${result.length}`, kept)
      kept.set(result)
      return { ...outputs, result: kept }
    },
  }
})

describe('sabotage', () => {
  test.each([
    { name: 'pads with ones', backend: padsWithOnes, message: /binaryConv2d computes.*: .*differs from the reference at \d+/ },
    { name: 'shares arrays', backend: sharesArrays, message: /arrays of their own: .*differs from the reference/ },
    {
      name: 'runs when disposed',
      backend: sabotaged(() => ({ dispose: () => {} })),
      message: /disposed network does not run: It runs after dispose/,
    },
    {
      name: 'explains nothing',
      backend: sabotaged(() => ({ explanations: [] })),
      message: /explains every node.*do not name the kernel of every node/,
    },
  ])('$name', async ({ backend, message }) => {
    // With so many graphs, at least one contains the op with the error.
    const failed = await failures(kernelBackendCases(() => backend, { graphs: 40 }))
    expect([...failed].map(([name, error]) => `${name}: ${error.message}`).join('\n')).toMatch(message)
  })
})
