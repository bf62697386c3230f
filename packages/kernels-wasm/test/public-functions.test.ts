/** Gives garbage to the backend. It must refuse unusable values with a typed error, never with one of the engine's. */
import * as core from '@onebit/core'
import { testPublicFunctions } from '../../../test/public-functions.ts'
import * as kernels from '../src/index.ts'

const builder = new core.GraphBuilder()
builder.input('x', [2])
const weights = { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const
builder.output('y', builder.node('dense', { name: 'd', inputs: ['x'], tensors: { weights } }))
const graph = builder.build()

const options = {
  module: new URL('../wasm/kernels.wasm', import.meta.url),
  relaxedSimd: false,
  tileOutputs: 32,
  binaryKernel: 'tables',
  threads: 1,
  stem: 'float32',
}

const backend = kernels.wasm()
const executable = await backend.compile(graph)

testPublicFunctions(kernels, {
  wasm: { good: [options], options: [0], call: async (given: never) => kernels.wasm(given).compile(graph) },
  'wasm().compile': { good: [graph], call: (given: never) => backend.compile(given) },
  'wasm().compile().run': {
    good: [{ x: new Float32Array(2) }, { validate: true }],
    options: [1],
    call: (...given: never[]) => executable.run(...(given as [never])),
  },
})
