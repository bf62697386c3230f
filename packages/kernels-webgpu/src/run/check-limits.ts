/** Checks if a device can hold a program. Errors name the limit and the node. */
import { LimitError } from '@onebit/core'
import { planArena } from '../program/plan-arena.ts'
import type { Dispatch, Program } from '../program/program.ts'

/** The limits that bound a program. */
export type Limits = Pick<
  GPUSupportedLimits,
  'maxStorageBuffersPerShaderStage' | 'maxStorageBufferBindingSize' | 'maxBufferSize' | 'minStorageBufferOffsetAlignment'
>

function refuse(limit: keyof Limits, { node }: Dispatch, needed: string, allowed: number): never {
  throw new LimitError({
    limit,
    what: `Node '${node}' needs more than the device allows: ${limit}.`,
    expected: `at most ${allowed.toLocaleString('en-US')}`,
    received: needed,
    fix: 'Use an adapter with a higher limit, or @onebit/kernels-wasm.',
  })
}

/**
 * The largest number of samples that can run at once.
 * @throws LimitError with the limit and the node if not even one can.
 */
export function mostSamples(program: Program, limits: Limits): number {
  const { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize, maxBufferSize } = limits
  let most = Number.POSITIVE_INFINITY
  for (const dispatch of program.dispatches) {
    const { resources } = dispatch
    if (resources.length > maxStorageBuffersPerShaderStage) {
      refuse('maxStorageBuffersPerShaderStage', dispatch, `${resources.length}`, maxStorageBuffersPerShaderStage)
    }
    for (const resource of resources) {
      const bytes = resource.kind === 'buffer' ? 4 * resource.words : resource.data.byteLength
      if (bytes > maxStorageBufferBindingSize) {
        refuse('maxStorageBufferBindingSize', dispatch, `${bytes.toLocaleString('en-US')} bytes`, maxStorageBufferBindingSize)
      }
      if (resource.kind === 'buffer') most = Math.min(most, Math.floor(maxStorageBufferBindingSize / bytes))
    }
  }
  const alignment = limits.minStorageBufferOffsetAlignment
  const { bytes } = planArena(program, 1, alignment)
  if (bytes > maxBufferSize) {
    const largest = program.dispatches.reduce((a, b) => (wordsAround(b) > wordsAround(a) ? b : a))
    refuse('maxBufferSize', largest, `${bytes.toLocaleString('en-US')} bytes for the values of one sample`, maxBufferSize)
  }
  return Math.max(1, Math.min(most, Math.floor(maxBufferSize / bytes)))
}

/** Words of a sample that a kernel reads and writes. */
function wordsAround({ resources }: Dispatch): number {
  return resources.reduce((sum, resource) => sum + (resource.kind === 'buffer' ? resource.words : 0), 0)
}
