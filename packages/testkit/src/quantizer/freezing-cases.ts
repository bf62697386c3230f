/** Freezing. For every float32 value, thresholds and levels give exactly the result of the trained forward pass. */
import { type FrozenQuantizer, frozenValue, nextDown, nextUp } from '@onebit/core'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import { applyTo, CHANNELS, drawVariables, freezeSubject, type Subject, show } from './subject.ts'
import { flushesSubnormals, withoutSubnormals } from './subnormals.ts'

const INPUTS_PER_CHANNEL = 10_000

function listOf(frozen: FrozenQuantizer, channel: number): number[] {
  const own = frozen.thresholds[frozen.thresholds.length === 1 ? 0 : channel]
  return [...own, ...(frozen.plus ?? []).flatMap((part) => listOf(part, channel))]
}

/** The threshold and the float32 values on both sides of it. */
function around(threshold: number): number[] {
  const rounded = Math.fround(threshold)
  return [rounded, nextDown(rounded), nextUp(rounded)].filter(Number.isFinite)
}

/** Random values of every magnitude, most of them in the usual range of activations and weights. */
function drawValue(random: Random): number {
  const kind = random.next()
  if (kind < 0.6) return random.normal()
  if (kind < 0.8) return random.normal() * 10
  if (kind < 0.9) return Math.round(random.normal() * 8) / 8
  return random.pick([-1, 1]) * 2 ** (random.next() * 60 - 45)
}

function requireEqual(subject: Subject, frozen: FrozenQuantizer, values: Float32Array, output: Float32Array): void {
  output.forEach((level, index) => {
    const channel = index % CHANNELS
    const expected = Math.fround(frozenValue(frozen, values[index], channel))
    // Levels may differ in the last bits, for example if a mean is summed in another order; signs and steps may not differ.
    const tolerance =
      subject.plugin.levels === 'own' || subject.target === 'weight' ? 1e-5 * Math.max(Math.abs(expected), 1e-3) : 0
    require(Math.abs(level - expected) <= tolerance, () => ({
      what: `Frozen, it gives ${expected} for ${show(values[index])} in channel ${channel}.`,
      expected: `${level}, as its forward does`,
      received: `thresholds [${listOf(frozen, channel).slice(0, 8).join(', ')}]`,
      fix: 'A threshold compares x >= t in float32; if yours has the other direction, use the next float32 above.',
    }))
  })
}

export function freezingCases(subject: Subject, random: Random): ConformanceCase[] {
  const { plugin, target, title } = subject
  return [
    {
      name: `${title}: frozen, it decides as its forward does on ${INPUTS_PER_CHANNEL} inputs per channel`,
      async run() {
        const flushes = await flushesSubnormals()
        for (const spread of plugin.variables ? [0, 0.3] : [0]) {
          const variables = drawVariables(subject, random, spread)
          const values = Float32Array.from({ length: INPUTS_PER_CHANNEL * CHANNELS }, () => drawValue(random))
          if (target === 'weight')
            values.forEach((value, index) => {
              values[index] = Math.max(Math.min(value, 4), -4)
            })
          const freeze = (): Promise<FrozenQuantizer> =>
            attempt('It does not freeze.', () => freezeSubject(subject, variables, target === 'weight' ? values : undefined))
          let frozen = await freeze()
          for (let channel = 0; channel < CHANNELS; channel++) {
            const edges = [...listOf(frozen, channel).flatMap(around), 0, -0]
            edges.slice(0, INPUTS_PER_CHANNEL / 2).forEach((edge, row) => {
              values[row * CHANNELS + channel] = flushes ? withoutSubnormals(edge) : edge
            })
            const several = frozen.thresholds.some((list) => list.length > 1) || frozen.plus !== undefined
            require(!several || plugin.thresholds === 'several', () => ({
              what: 'It freezes to several thresholds a channel and does not say so.',
              fix: "State `thresholds: 'several'`.",
            }))
          }
          // Weights determine their own thresholds, so inserting the edges moves them.
          if (target === 'weight') frozen = await freeze()
          requireEqual(subject, frozen, values, await applyTo(subject, values, variables))
        }
      },
    },
  ]
}
