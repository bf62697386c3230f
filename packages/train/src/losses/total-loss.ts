/** The sum of a stage's loss terms, each a mean over the batch. */
import type { AnyFacts, DistilledTensors, OutputTensors } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { ModelTensors } from '../step/tapped-model.ts'
import type { DistillerVariables } from './distiller-variables.ts'
import { isDistilled, type ResolvedTerm, type Tap, tapName, tappedLayer } from './loss-terms.ts'

export interface TotalLossParts {
  /** The targets, expanded by the task, batch first. */
  readonly targets: tf.NamedTensorMap
  readonly student: ModelTensors
  readonly teacher?: ModelTensors
  readonly variables: DistillerVariables
  readonly facts: AnyFacts
}

function distilled({ outputs, layers }: ModelTensors, taps: readonly Tap[], side: 'student' | 'teacher'): DistilledTensors {
  return { outputs, taps: Object.fromEntries(taps.map((tap) => [tapName(tap), layers[tappedLayer(tap, side)]])) }
}

/** Call it inside `tf.tidy`. */
export function totalLoss(terms: readonly ResolvedTerm[], parts: TotalLossParts): tf.Scalar {
  const { targets, student, teacher, variables, facts } = parts
  const outputs: OutputTensors = student.outputs
  const values = terms.map((term, index): tf.Scalar => {
    const value = isDistilled(term)
      ? term.plugin.loss(distilled(student, term.taps, 'student'), distilled(teacher!, term.taps, 'teacher'), term.options, {
          facts,
          targets,
          variables: variables.ofTerm(index),
        })
      : term.plugin.loss(outputs, targets, term.options, { facts })
    return term.weight === undefined ? value : tf.mul(value, term.weight)
  })
  return values.reduce((sum, value) => tf.add(sum, value))
}
