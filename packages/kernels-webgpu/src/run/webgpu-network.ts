import type { Executable, GpuExecutable, Web } from '@onebit/core'

/** What `compile` gives. */
export interface WebgpuNetwork extends Executable {
  /** The name of the adapter that it runs on. */
  readonly adapter: string
  /** The device that it runs on; another one after that was lost. */
  readonly device: Web<'GPUDevice'>
  readonly gpu: GpuExecutable
  /** Bytes of all buffers and textures on that device, of this network and of others of its backend, released outputs excluded. */
  readonly deviceBytes: number
}
