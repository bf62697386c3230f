/**
 * Learned variables of distillers, such as an adapter between a narrow student and a wide teacher. The run's seed initializes
 * them, they train with the student, and checkpoints keep them. The student's model does not contain them.
 */
import type { DistillerVariable } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { valuesOf, type WeightValues } from '../model/weight-values.ts'
import { seedFor } from '../seeds.ts'
import { isDistilled, type ResolvedTerm, tapName, tappedLayer } from './loss-terms.ts'

export interface NamedVariable {
  /** Unique among weights and variables of a stage: `losses.1.attention-matching/kernel`. */
  readonly name: string
  readonly variable: tf.Variable
}

function drawn({ shape, deviation }: DistillerVariable, seed: number): tf.Variable {
  return tf.tidy(() => {
    const size = [...shape]
    return tf.variable(deviation === 0 ? tf.zeros(size) : tf.randomNormal(size, 0, deviation, 'float32', seed))
  })
}

/** Provides the shapes of inner features, without the batch. */
interface TapSource {
  shapeOf(name: string): readonly number[]
}

export class DistillerVariables {
  readonly #terms: readonly ReadonlyMap<string, NamedVariable>[]

  private constructor(terms: readonly ReadonlyMap<string, NamedVariable>[]) {
    this.#terms = terms
  }

  /**
   * Initializes the variables that the terms ask for.
   * @param seed The run's seed. The number of the stage makes stages differ.
   * @throws OptionError if a distiller cannot compare its taps.
   */
  static draw(
    terms: readonly ResolvedTerm[],
    student: TapSource,
    teacher: TapSource | undefined,
    seed: number,
    stage: number,
  ): DistillerVariables {
    return new DistillerVariables(
      terms.map((term, index) => {
        if (!isDistilled(term) || !teacher) return new Map()
        const shapesOf = (model: TapSource, side: 'student' | 'teacher') =>
          Object.fromEntries(term.taps.map((tap) => [tapName(tap), model.shapeOf(tappedLayer(tap, side))]))
        const shapes = { student: shapesOf(student, 'student'), teacher: shapesOf(teacher, 'teacher') }
        term.plugin.checkTaps?.(shapes, term.options)
        const wanted = term.plugin.variables?.(shapes, term.options) ?? {}
        return new Map(
          Object.entries(wanted).map(([own, variable]) => {
            const name = `losses.${index}.${term.plugin.name}/${own}`
            return [own, { name, variable: drawn(variable, seedFor(seed, 'distiller', stage, name)) }]
          }),
        )
      }),
    )
  }

  /** All variables, in an order that is the same on every thread. */
  get all(): readonly NamedVariable[] {
    return this.#terms.flatMap((term) => [...term.values()])
  }

  /** The variables of one term, by the names that its distiller gave them. */
  ofTerm(index: number): Readonly<Record<string, tf.Variable>> {
    return Object.fromEntries(Array.from(this.#terms[index], ([own, { variable }]) => [own, variable]))
  }

  /** A copy of the variables' values, by name. */
  values(): Promise<WeightValues> {
    return valuesOf(this.all.map(({ name, variable }) => [name, variable] as const))
  }

  restore(values: WeightValues): void {
    tf.tidy(() => {
      for (const { name, variable } of this.all) {
        const { shape, data } = values.get(name)!
        variable.assign(tf.tensor(data, [...shape], 'float32'))
      }
    })
  }

  dispose(): void {
    for (const { variable } of this.all) variable.dispose()
  }
}
