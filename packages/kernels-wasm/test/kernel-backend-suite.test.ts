/** The published suite of kernel backends on every build, way of counting and some numbers of threads. */
import { testKernelBackend } from '@onebit/testkit'
import { describe, test } from 'vitest'
import { type WasmOptions, wasm } from '../src/index.ts'
import { hasRelaxedSimd } from '../src/loading/support.ts'

const BUILDS: Readonly<Record<string, WasmOptions>> = {
  strict: { relaxedSimd: false },
  ...(hasRelaxedSimd() && { relaxed: { relaxedSimd: true } }),
}
const WAYS: Readonly<Record<string, WasmOptions>> = {
  'the way that the trial chose': {},
  'tiles of 32': { tileOutputs: 32 },
  'tiles of 64': { tileOutputs: 64 },
  popcount: { binaryKernel: 'popcount' },
}

describe.each(Object.entries(BUILDS))('%s SIMD', (_, build) => {
  describe.each(Object.entries(WAYS))('%s', (_, way) => {
    // Starting workers takes longer than a small network.
    describe.each([1, 2, 3])('threads %i', (threads) => {
      const backend = wasm({ ...build, ...way, threads })
      testKernelBackend(() => backend, { test, graphs: threads > 1 ? 1 : 4 })
    })
  })
})
