import type { Executable } from '@onebit/core'

/** The result of `compile`. */
export interface KernelExecutable extends Executable {
  /** Number of threads of a run. */
  readonly threads: number
  /** The reason for a single thread if more were requested. */
  readonly reason?: string
}
