import type { Executable } from '@onebit/core'

/** What `compile` gives. */
export interface KernelExecutable extends Executable {
  /** Threads that a run uses. */
  readonly threads: number
  /** Why there is one thread although more were asked for. */
  readonly reason?: string
}
