/** What the author of a distiller tells the suite beyond the plugin itself. */
import type { TestFunction } from '../conformance-case.ts'

export interface DistillerSuiteOptions {
  /** Your runner's `test(name, run)`. */
  test: TestFunction
  /** Options of the distiller under test; where it has several forms, run the suite on each. */
  options?: Readonly<Record<string, number | boolean | string>>
  /** Shape of the output that is compared, without the batch. @default [5] */
  output?: readonly number[]
  /** Whether outputs are what goes into a softmax or a sigmoid; else they are probabilities, drawn between 0 and 1. @default true */
  logits?: boolean
  /** Shapes of the tap on both sides, without the batch. @default { student: [4, 4, 6], teacher: [4, 4, 6] } */
  taps?: { readonly student: readonly number[]; readonly teacher: readonly number[] }
  /** Whether a student that equals its teacher has a loss of 0; a cross-entropy, say, has more. @default true */
  zeroAtTeacher?: boolean
  seed?: number
}
