/** Options of the suite, from the author of a task. */
import type { AnyFacts, OutputShapes } from '@onebit/core'
import type { TestFunction } from '../conformance-case.ts'

export interface TaskSuiteOptions {
  /** Your runner's `test(name, run)`. */
  test: TestFunction
  /** Facts of a data set. */
  facts: AnyFacts
  /** Annotations of pictures of the input's size: at least two, all different. */
  annotations: readonly unknown[]
  /**
   * The outputs of a network that is always right, for one picture with this annotation, by name. Their lengths follow from their
   * shapes. The decoded result must be perfect.
   */
  perfect(annotation: unknown, outputs: OutputShapes): Readonly<Record<string, ArrayLike<number>>>
  /** Best possible values of the metrics. Default: 1 for shares where higher is better, 0 where lower is better. */
  best?: Readonly<Record<string, number>>
  /** Annotations that do not fit the facts. The task must refuse each. Default: none. */
  wrong?: readonly unknown[]
  /** `[height, width, channels]` of the input. Default: 8 x 12 x 3. */
  input?: readonly [number, number, number]
  /** Options of the head, in addition to those from the facts. */
  head?: Readonly<Record<string, unknown>>
  seed?: number
}
