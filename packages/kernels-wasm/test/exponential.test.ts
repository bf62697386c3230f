/** The exponential and what is made of it, over all of float32: the last bit must be the host's, also where rounding is close. */
import { type ActivationFunction, GraphBuilder, reference } from '@onebit/core'
import { describe, expect, it } from 'vitest'
import { backend, firstDifference } from './compare.ts'
import { SEED } from './random.ts'

const COUNT = 1 << 19
/** Where results overflow, vanish, or leave the approximation. */
const EDGES = [
  0,
  88.72284,
  103.97208,
  104,
  108,
  349,
  351,
  700,
  710,
  Number.POSITIVE_INFINITY,
  Number.NaN,
  2 ** -24,
  2 ** -25,
  1e-45,
]

/** Float32 of all signs, exponents and fractions, then as many of common size. */
function everywhere(): Float32Array {
  const values = new Float32Array(2 * COUNT)
  const bits = new Uint32Array(values.buffer)
  const step = 8191 + 2 * (SEED % 1000)
  for (let i = 0; i < COUNT; i++) bits[i] = Math.imul(i, step)
  for (let i = 0; i < COUNT; i++) values[COUNT + i] = ((i / COUNT) * 2 - 1) * 20
  const edges = EDGES.flatMap((edge) => [edge, -edge])
  values.set(edges, 1)
  return values
}

describe('functions made of the exponential', () => {
  it.each(['exp', 'sigmoid', 'tanh', 'swish'] satisfies ActivationFunction[])(
    '%s is the rounded one of the host',
    async (name) => {
      const x = everywhere()
      const builder = new GraphBuilder()
      const input = builder.input('x', [x.length])
      builder.output('y', builder.node('activation', { inputs: [input], attributes: { function: name } }))
      const graph = builder.build()
      const options = { validate: false }
      const { y: expected } = await (await reference.compile(graph)).run({ x }, options)
      const { y } = await (await backend.compile(graph)).run({ x }, options)
      expect(firstDifference(y, expected), `ONEBIT_SEED=${SEED}`).toBeUndefined()
    },
  )
})
