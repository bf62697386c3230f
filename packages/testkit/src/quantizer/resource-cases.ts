/** Tensors: after forward and backward passes, only their results remain. */
import { quantize } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import type { ConformanceCase } from '../conformance-case.ts'
import { require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import { backpropagate, CHANNELS, contextOf, drawVariables, freezeSubject, type Subject, variableTensors } from './subject.ts'

export function resourceCases(subject: Subject, random: Random): ConformanceCase[] {
  return [
    {
      name: `${subject.title}: leaves no tensor behind`,
      async run() {
        const variables = drawVariables(subject, random, 0)
        const values = Float32Array.from({ length: 20 * CHANNELS }, () => random.normal())
        const once = async (): Promise<void> => {
          const output = tf.tidy(() => {
            const context = contextOf(subject, variableTensors(variables), { training: true, progress: 0.5, seed: 2 })
            return quantize(tf.tensor(values, [20, CHANNELS]), subject, context)
          })
          output.dispose()
          await backpropagate(subject, values, values, variables)
          freezeSubject(subject, variables, subject.target === 'weight' ? values : undefined)
        }
        const before = tf.memory().numTensors
        for (let call = 0; call < 3; call++) await once()
        const left = tf.memory().numTensors - before
        require(left === 0, () => ({
          what: `Three calls of forward, backward and freeze leave ${left} tensors behind.`,
          expected: 'none',
          fix: 'Do not tf.keep, and wrap code outside of layers in tf.tidy.',
        }))
      },
    },
  ]
}
