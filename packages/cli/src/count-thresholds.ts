/** How many thresholds a quantizer's frozen decision has, found by freezing it. */
import { completeOptions, type Quantizer, type QuantizerVariable } from '@onebit/core'

const DRAWS = 16

/** Multiplicative congruential, so that the answer is the same every time. */
function makeRandom(): () => number {
  let state = 20_221_121
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

function draw({ shape, initial }: QuantizerVariable, random: () => number): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1)
  // Away from the initial value, since a trained variable is too.
  const spread =
    typeof initial === 'number' ? 1 : 'uniform' in initial ? Math.max(...initial.uniform.map(Math.abs)) : initial.normal
  const center = typeof initial === 'number' ? initial : 0
  return Float32Array.from({ length: count }, () => center + spread * (4 * random() - 2))
}

/** The largest number of thresholds over some draws of the quantizer's variables, with its default options. */
export function countThresholds(quantizer: Quantizer): number {
  const random = makeRandom()
  const options = completeOptions(quantizer) as never
  let most = 0
  for (let attempt = 0; attempt < DRAWS; attempt++) {
    for (const target of quantizer.for) {
      const channels = 2
      const declared = quantizer.variables?.(options, { target, channels }) ?? {}
      const variables = Object.fromEntries(Object.entries(declared).map(([name, variable]) => [name, draw(variable, random)]))
      const weights = target === 'weight' ? Float32Array.from({ length: 9 * channels }, () => 2 * random() - 1) : undefined
      const { thresholds } = quantizer.freeze(options, { target, channels, variables, weights })
      most = Math.max(most, ...thresholds.map((list) => list.filter(Number.isFinite).length))
    }
  }
  return most
}
