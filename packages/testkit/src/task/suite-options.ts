/** What the author of a task tells the suite beyond the plugin itself. */
import type { AnyFacts, OutputShapes } from '@onebit/core'
import type { TestFunction } from '../conformance-case.ts'

export interface TaskSuiteOptions {
  /** Your runner's `test(name, run)`. */
  test: TestFunction
  /** Facts of a data set. */
  facts: AnyFacts
  /** Annotations of pictures of the input's size; at least two, no two alike. */
  annotations: readonly unknown[]
  /**
   * The outputs of a network that is always right, for one picture of the annotation, by name, each as long as its shape says. What they
   * are decoded to has to be perfect.
   */
  perfect(annotation: unknown, outputs: OutputShapes): Readonly<Record<string, ArrayLike<number>>>
  /** Values of the metrics that nothing exceeds. Default: 1 of shares that are better higher, 0 of what is better lower. */
  best?: Readonly<Record<string, number>>
  /** Annotations that do not fit the facts, each of which has to be refused. Default: none. */
  wrong?: readonly unknown[]
  /** `[height, width, channels]` of the input. Default: 8 x 12 x 3. */
  input?: readonly [number, number, number]
  /** Options of the head beside those that follow from the facts. */
  head?: Readonly<Record<string, unknown>>
  seed?: number
}
