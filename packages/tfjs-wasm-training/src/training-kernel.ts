import type * as tf from '@tensorflow/tfjs-core'
import type { KernelMemory } from './kernel-memory.ts'

/** A kernel of the WebAssembly backend. One file each; `registerTrainingKernels` lists them. */
export interface TrainingKernel {
  kernelName: string
  /**
   * Makes the kernel function. `stock` is the backend's own kernel of this name, for the cases left to it. A kernel may rely
   * on it if tfjs-backend-wasm 4.22.0 has it.
   */
  create(memory: KernelMemory, stock: tf.KernelFunc | undefined): tf.KernelFunc
}

/** A gradient of a TensorFlow.js operation, for all backends. */
export interface TrainingGradient {
  kernelName: string
  /** Makes the gradient configuration. `stock` is the one registered before under this name. */
  create(stock: tf.GradConfig | undefined): tf.GradConfig
}

/** The argument of a kernel function. */
export type KernelParams = Parameters<tf.KernelFunc>[0]

/** Gives types to a kernel's inputs and attributes, which tfjs does not know. */
export function operandsOf<Inputs extends string, Attributes>({ inputs, attrs }: KernelParams) {
  return { inputs: inputs as Record<Inputs, tf.TensorInfo>, attributes: attrs as unknown as Attributes }
}
