/** Options of the suite, from the author of a quantizer. */
import type { AnyOptions, QuantizerTarget } from '@onebit/core'
import type { TestFunction } from '../conformance-case.ts'

/** The point at which a closed form is evaluated. */
export interface ClosedFormContext {
  readonly options: AnyOptions
  readonly target: QuantizerTarget
  readonly progress: number
  readonly channel: number
  readonly channels: number
  readonly variables: Readonly<Record<string, Float32Array>>
  /** All values that are quantized together, row-major with the channels last. */
  readonly values: Float32Array
}

export interface QuantizerSuiteOptions {
  /** Your runner's `test(name, run)`. */
  test: TestFunction
  /**
   * The stated pseudo-gradient d out / d x in plain numbers, written from the paper and not from the code under test. Checked on a
   * grid with all its edges.
   */
  derivative?(x: number, context: ClosedFormContext): number
  /**
   * For gradients that are not elementwise: the gradient of the loss with respect to every value, from that with respect to every
   * output.
   */
  backward?(upstream: Float32Array, context: Omit<ClosedFormContext, 'channel'>): ArrayLike<number>
  /** The gradient of the loss with respect to every learned variable, by name, from that with respect to every output. */
  variableGradients?(
    upstream: Float32Array,
    context: Omit<ClosedFormContext, 'channel'>,
  ): Readonly<Record<string, ArrayLike<number>>>
  /** The surrogate is smooth: its gradients, those of the variables included, must agree with finite differences. Default false. */
  smooth?: boolean
  /** Further options to test, in addition to the defaults and every value of each enumerated option. */
  variants?: readonly Readonly<Record<string, number | boolean | string>>[]
  /** TensorFlow.js backends to run on; the caller registers each. Default: the current one. */
  backends?: readonly string[]
  seed?: number
}
