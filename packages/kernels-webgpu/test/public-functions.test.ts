/**
 * Gives garbage to both entries of the backend: see `test/public-functions.ts`. Functions that need a device run if there is one.
 */
import * as core from '@onebit/core'
import { type Trials, testPublicFunctions } from '../../../test/public-functions.ts'
import * as kernels from '../src/index.ts'
import * as node from '../src/node.ts'
import { describeOnGpu, gpu } from './gpu.ts'

const builder = new core.GraphBuilder()
builder.input('x', [2])
const weights = { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const
builder.output('y', builder.node('dense', { name: 'd', inputs: ['x'], tensors: { weights } }))
const graph = builder.build()

const adapters = gpu ?? { requestAdapter: async () => null }
const variants = { stem: 'int8', weights: 'float16', subgroups: false, shaderF16: false, packedDots: false }
const options = {
  ...{ gpu: adapters, device: undefined, powerPreference: 'low-power', arithmetic: 'plain', tiles: 'rule' },
  ...variants,
}
const inNode: Trials = {
  nodeGpu: { good: [[]], refuses: gpu === undefined },
  webgpu: { good: [options], options: [0] },
}

testPublicFunctions(kernels, { webgpu: { good: [options], options: [0] } })
testPublicFunctions(node, inNode)

describeOnGpu('on a device', async () => {
  const backend = kernels.webgpu({ gpu })
  const executable = await backend.compile(graph)
  testPublicFunctions(
    {},
    {
      'webgpu().compile': { good: [graph], call: (given: never) => backend.compile(given) },
      'webgpu().compile().run': {
        good: [{ x: new Float32Array(2) }, { validate: true }],
        options: [1],
        call: (...given: never[]) => executable.run(...(given as [never])),
      },
    },
  )
})
