import type { Executable, GpuExecutable, Web } from '@onebit/core'

/** A compiled graph on a GPU. */
export interface WebgpuNetwork extends Executable {
  /** The name of the adapter that it runs on. */
  readonly adapter: string
  /** The device that it runs on. It changes after a loss, unless you passed your own. */
  readonly device: Web<'GPUDevice'>
  readonly gpu: GpuExecutable
  /** Bytes of all buffers and textures on that device, of all networks of its backend. Released outputs do not count. */
  readonly deviceBytes: number
}
