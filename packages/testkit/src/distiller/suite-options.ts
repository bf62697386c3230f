/** Options of the suite, from the author of a distiller. */
import type { TestFunction } from '../conformance-case.ts'

export interface DistillerSuiteOptions {
  /** Your runner's `test(name, run)`. */
  test: TestFunction
  /** Options of the distiller under test. If it has several forms, run the suite on each. */
  options?: Readonly<Record<string, number | boolean | string>>
  /** Shape of the compared output, without the batch. @default [5] */
  output?: readonly number[]
  /** True if outputs are the input of a softmax or a sigmoid. Otherwise they are probabilities, between 0 and 1. @default true */
  logits?: boolean
  /** Shapes of the tap on both sides, without the batch. @default { student: [4, 4, 6], teacher: [4, 4, 6] } */
  taps?: { readonly student: readonly number[]; readonly teacher: readonly number[] }
  /** True if the loss of a student that equals its teacher is 0. For a cross-entropy, for example, it is more. @default true */
  zeroAtTeacher?: boolean
  seed?: number
}
