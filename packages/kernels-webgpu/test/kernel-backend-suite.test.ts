/** Runs the published suite of kernel backends, with the arithmetic of hardware too. */
import { testKernelBackend } from '@onebit/testkit'
import { describe, test } from 'vitest'
import { webgpu } from '../src/index.ts'
import { describeOnGpu, gpu } from './gpu.ts'

describeOnGpu('the suite of kernel backends', () => {
  describe.each(['plain', 'guarded'] as const)('%s arithmetic', (arithmetic) => {
    const backend = webgpu({ gpu, arithmetic })
    testKernelBackend(() => backend, { test })
  })
})
