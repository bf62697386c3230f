/** The kernels of the relaxed builds: those of every build, and kernels that need an instruction of relaxed SIMD. */
export * from './index'
export { integerConv8 } from './integer-conv'
export { quantizeRows8 } from './quantize'
