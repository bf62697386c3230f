/** Schedules only tighten: a soft forward pass approaches its levels, and the gradient at 0 does not decrease. */
import type { ConformanceCase } from '../conformance-case.ts'
import { require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import { applyTo, backpropagate, CHANNELS, drawVariables, type Subject } from './subject.ts'

const STEPS = Array.from({ length: 6 }, (_, step) => step / 5)

export function scheduleCases(subject: Subject, random: Random): ConformanceCase[] {
  return [
    {
      name: `${subject.title}: progress only tightens it`,
      async run() {
        const variables = drawVariables(subject, random, 0)
        const values = Float32Array.from({ length: 200 * CHANNELS }, () => random.normal())
        const exact = await applyTo(subject, values, variables)
        let distance = Number.POSITIVE_INFINITY
        let slope = 0
        for (const progress of STEPS) {
          const output = await applyTo(subject, values, variables, { training: true, progress, seed: 3 })
          const next = output.reduce((sum, level, index) => sum + Math.abs(level - exact[index]), 0) / output.length
          // Only the distance of a soft forward pass follows the schedule. A stochastic one varies even with the same seed.
          require(!subject.plugin.soft || next <= distance + 1e-5, () => ({
            what: `Forward moves away from its levels at progress ${progress}.`,
            expected: `a mean distance of at most ${distance}`,
            received: `${next}`,
          }))
          distance = next
          const zeros = new Float32Array(2 * CHANNELS)
          const upstream = zeros.map(() => 1)
          const { x } = await backpropagate(subject, zeros, upstream, variables, { training: true, progress, seed: 3 })
          require(x[0] >= slope - 1e-4 * Math.abs(slope), () => ({
            what: `The gradient at 0 falls at progress ${progress}.`,
            expected: `at least ${slope}`,
            received: `${x[0]}`,
          }))
          slope = x[0]
        }
      },
    },
  ]
}
