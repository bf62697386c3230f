/** Runs the published suite of kernel backends. */
import { testKernelBackend } from '@onebit/testkit'
import { test } from 'vitest'
import { popcountBackend } from './popcount-backend.ts'

testKernelBackend(() => popcountBackend, { test, graphs: 12 })
