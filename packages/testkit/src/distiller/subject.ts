/** The distiller under test, with tensors of a student and a teacher as in training. */
import { type AnyOptions, completeOptions, type DistilledTensors, type Distiller, type DistillerVariable } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { Random } from '../random/random.ts'
import type { DistillerSuiteOptions } from './suite-options.ts'

export const BATCH = 4
const OUTPUT = 'scores'
const TAP = 'block'

/** Values of one side, as arrays. */
export interface SideValues {
  readonly output: Float32Array
  readonly tap: Float32Array
}

/** Tensors of one side. */
export interface SideTensors {
  readonly output: tf.Tensor
  readonly tap: tf.Tensor
}

export type Variables = Readonly<Record<string, tf.Variable>>

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1)

export class DistillerSubject {
  readonly distiller: Distiller
  readonly suite: Omit<DistillerSuiteOptions, 'test'>
  readonly options: AnyOptions
  readonly shapes: {
    readonly output: readonly number[]
    readonly student: readonly number[]
    readonly teacher: readonly number[]
  }

  constructor(distiller: Distiller, suite: Omit<DistillerSuiteOptions, 'test'>) {
    const { output = [5], taps = { student: [4, 4, 6], teacher: [4, 4, 6] } } = suite
    this.distiller = distiller
    this.suite = suite
    this.options = completeOptions(distiller, suite.options)
    this.shapes = { output, ...taps }
  }

  get comparesTaps(): boolean {
    return this.distiller.compares !== 'outputs'
  }

  /** The values that the distiller compares, by their name in `SideValues`. */
  get compared(): 'tap' | 'output' {
    return this.comparesTaps ? 'tap' : 'output'
  }

  get tapShapes() {
    return { student: { [TAP]: this.shapes.student }, teacher: { [TAP]: this.shapes.teacher } }
  }

  wanted(): Readonly<Record<string, DistillerVariable>> {
    if (!this.comparesTaps) return {}
    this.distiller.checkTaps?.(this.tapShapes, this.options)
    return this.distiller.variables?.(this.tapShapes, this.options) ?? {}
  }

  /** Variables as in training. Dispose of them. */
  variables(random: Random): Variables {
    return Object.fromEntries(
      Object.entries(this.wanted()).map(([name, { shape, deviation }]) => {
        const values = Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal())
        return [name, tf.variable(tf.tensor(values, [...shape]))]
      }),
    )
  }

  draw(random: Random, side: 'student' | 'teacher'): SideValues {
    const { logits = true } = this.suite
    const value = (): number => (logits ? random.normal() : 0.05 + 0.9 / (1 + Math.exp(-random.normal())))
    const many = (shape: readonly number[], next: () => number): Float32Array =>
      Float32Array.from({ length: BATCH * sizeOf(shape) }, next)
    return { output: many(this.shapes.output, value), tap: many(this.shapes[side], () => random.normal()) }
  }

  tensors({ output, tap }: SideValues, side: 'student' | 'teacher'): SideTensors {
    return {
      output: tf.tensor(output, [BATCH, ...this.shapes.output]),
      tap: tf.tensor(tap, [BATCH, ...this.shapes[side]]),
    }
  }

  /** Call inside `tf.tidy`. */
  loss(student: SideTensors, teacher: SideTensors, variables: Variables): tf.Scalar {
    const { logits: isLogits = true } = this.suite
    const given = ({ output, tap }: SideTensors): DistilledTensors => ({
      outputs: { [OUTPUT]: { tensor: output, isLogits } },
      taps: this.comparesTaps ? { [TAP]: tap } : {},
    })
    return this.distiller.loss(given(student), given(teacher), this.options, { facts: {}, targets: {}, variables })
  }

  /** The loss as a number. */
  value(student: SideValues, teacher: SideValues, variables: Variables): number {
    return tf.tidy(() => this.loss(this.tensors(student, 'student'), this.tensors(teacher, 'teacher'), variables).dataSync()[0])
  }
}
