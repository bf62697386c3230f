/**
 * The gradient kernels that the WebAssembly backend of TensorFlow.js lacks, and faster ones for operations that dominate training.
 *
 * @module
 */
export { type BatchNormalizationTraining, batchNormalizationTraining } from './batch-normalization-training.ts'
export { KernelInputError, KernelOptionError, TrainingKernelsError, WasmBackendError, WasmModuleError } from './errors.ts'
export { FusedAdam } from './fused-adam.ts'
export { registerTrainingKernels, type TrainingKernels, type TrainingKernelsOptions } from './register-training-kernels.ts'
export type { ReplicaGroup } from './replica-group.ts'
