import * as tf from '@tensorflow/tfjs-core'
import {
  batchNormalizationTrainingGradient,
  batchNormalizationTrainingGradKernel,
  batchNormalizationTrainingKernel,
} from './batch-normalization-training.ts'
import { checkOptions } from './check-arguments.ts'
import { concat, split } from './concatenation.ts'
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts'
import { conv2DBackpropInput } from './conv2d-backprop-input.ts'
import { depthwiseConv2dBackpropFilter } from './depthwise-conv2d-backprop-filter.ts'
import { depthwiseConv2dBackpropInput } from './depthwise-conv2d-backprop-input.ts'
import { conv2DGradient, depthwiseConv2dGradient } from './dilated-convolution-gradients.ts'
import { comparisons, maximum, minimum, select, sign } from './elementwise.ts'
import { adamStep } from './fused-adam.ts'
import { fusedBatchNorm, fusedBatchNormGradient, fusedBatchNormSums } from './fused-batch-norm.ts'
import { type KernelMemory, type KernelMemoryOptions, openKernelMemory } from './kernel-memory.ts'
import { avgPoolGrad, maxPoolGrad } from './pool-gradients.ts'
import { meanGradient, sumGradient } from './reduction-gradients.ts'
import { mean, sum } from './reductions.ts'
import { cast, identity } from './shared-values.ts'
import { tile } from './tile.ts'
import type { TrainingGradient, TrainingKernel } from './training-kernel.ts'
import { unsortedSegmentSum } from './unsorted-segment-sum.ts'
import { type WasmBackend, wasmBackend } from './wasm-backend.ts'

const kernels: readonly TrainingKernel[] = [
  conv2DBackpropFilter,
  conv2DBackpropInput,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
  unsortedSegmentSum,
  batchNormalizationTrainingKernel,
  batchNormalizationTrainingGradKernel,
  fusedBatchNorm,
  fusedBatchNormSums,
  maxPoolGrad,
  avgPoolGrad,
  sum,
  mean,
  tile,
  concat,
  split,
  adamStep,
  identity,
  cast,
  ...comparisons,
  minimum,
  maximum,
  select,
  sign,
]
const gradients: readonly TrainingGradient[] = [
  conv2DGradient,
  depthwiseConv2dGradient,
  batchNormalizationTrainingGradient,
  fusedBatchNormGradient,
  sumGradient,
  meanGradient,
]

/** The options of `registerTrainingKernels`. */
export interface TrainingKernelsOptions extends KernelMemoryOptions {
  /** Also replace kernels and gradients of TensorFlow.js with faster ones. Default true. */
  replaceStock?: boolean
}

/** A description of everything that `registerTrainingKernels` registered. */
export interface TrainingKernels {
  /** Names of kernels that the backend did not have. */
  readonly added: readonly string[]
  /** Names of kernels that replace the backend's own. */
  readonly replaced: readonly string[]
  /** Names of operations with an added or replaced gradient. */
  readonly gradients: readonly string[]
  /** `shared` if kernels work on tensors in place, `copied` if tensors are copied to a second memory and back. */
  readonly memory: 'shared' | 'copied'
  /** The reason why tensors are copied. Undefined if they are not. */
  readonly copyReason?: string
  /** Restores the kernels and gradients that were there before. Calling it again does nothing. */
  unregister(): void
}

interface Registration {
  backend: WasmBackend
  options: TrainingKernelsOptions
  result: TrainingKernels
}

let current: Registration | undefined

/**
 * Registers the training kernels for the WebAssembly backend, which must be the current one:
 * `await tf.setBackend('wasm'); await registerTrainingKernels()`. Registering again with the same options changes nothing
 * and returns the same description; with other options it replaces the first registration.
 *
 * Throws `KernelOptionError` on an option that is unknown or wrong, `WasmBackendError` if the backend is missing, `WasmModuleError` if the
 * kernels cannot be loaded.
 */
export async function registerTrainingKernels(options: TrainingKernelsOptions = {}): Promise<TrainingKernels> {
  checkOptions(options)
  const backend = wasmBackend()
  const isCurrent = () => current?.backend === backend && sameOptions(current.options, options)
  if (current && isCurrent()) return current.result
  const memory = await openKernelMemory(backend, options)
  // Another call may have finished while this one was loading the module.
  if (current && isCurrent()) return current.result
  current?.result.unregister()
  const result = register(memory, options.replaceStock ?? true)
  current = { backend, options, result }
  return result
}

function sameOptions(a: TrainingKernelsOptions, b: TrainingKernelsOptions): boolean {
  return (
    a.wasm === b.wasm &&
    (a.memory ?? 'shared') === (b.memory ?? 'shared') &&
    (a.replaceStock ?? true) === (b.replaceStock ?? true)
  )
}

function register(memory: KernelMemory, replaceStock: boolean): TrainingKernels {
  const added: string[] = []
  const replaced: string[] = []
  const registeredGradients: string[] = []
  const undo: (() => void)[] = []

  for (const { kernelName, create } of kernels) {
    const stock = tf.getKernel(kernelName, 'wasm')
    if (stock && !replaceStock) continue
    const config: tf.KernelConfig = { kernelName, backendName: 'wasm', kernelFunc: create(memory, stock?.kernelFunc) }
    setKernel(kernelName, config)
    undo.push(() => {
      if (tf.getKernel(kernelName, 'wasm') === config) setKernel(kernelName, stock)
    })
    const names = stock ? replaced : added
    names.push(kernelName)
  }

  for (const { kernelName, create } of gradients) {
    const stock = tf.getGradient(kernelName)
    if (stock && !replaceStock) continue
    const config = create(stock)
    tf.registerGradient(config)
    registeredGradients.push(kernelName)
    undo.push(() => {
      if (tf.getGradient(kernelName) !== config) return
      if (stock) tf.registerGradient(stock)
      else tf.unregisterGradient(kernelName)
    })
  }

  return {
    added,
    replaced,
    gradients: registeredGradients,
    memory: memory.shared ? 'shared' : 'copied',
    copyReason: memory.reason,
    unregister() {
      for (const restore of undo.splice(0)) restore()
      if (current?.result === this) current = undefined
    },
  }
}

/** Sets or, without a configuration, removes a kernel. Unregistering first avoids the warning of `tf.registerKernel`. */
function setKernel(kernelName: string, config: tf.KernelConfig | undefined): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm')
  if (config) tf.registerKernel(config)
}
