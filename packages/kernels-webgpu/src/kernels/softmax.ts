/** Softmax along rows. The order of its sum is the op's: four partial sums, of every fourth value each. */
import { channelsOf, rowsOf } from '../program/value.ts'
import { DIVIDED } from '../shaders/arithmetic.ts'
import { EXPONENTIAL } from '../shaders/elementary-functions.ts'
import { flatMain } from '../shaders/flat.ts'
import { ORDER } from '../shaders/order.ts'
import type { Lowering } from './lowering.ts'

/** One invocation a row. */
const ROW = flatMain(
  'arrayLength(&output) / FEATURES',
  `
  let start = index * FEATURES;
  var key = orderKey(bitcast<u32>(input[start]));
  var nan = isNan(bitcast<u32>(input[start]));
  for (var i = 1u; i < FEATURES; i++) {
    let bits = bitcast<u32>(input[start + i]);
    key = max(key, orderKey(bits));
    nan |= isNan(bits);
  }
  let largest = bitcast<f32>(select(bitcast<u32>(orderKey(bitcast<u32>(key))), 0x7fc00000u, nan));
  var sums = vec4(0.0);
  for (var i = 0u; i < FEATURES; i++) {
    let y = exponential(input[start + i] - largest);
    output[start + i] = y;
    sums[i % 4u] += y;
  }
  let sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
  for (var i = 0u; i < FEATURES; i++) { output[start + i] = divided(output[start + i], sum); }`,
)

export const softmax: Lowering<'softmax'> = (_node, { builder, inputs: [input], type }) => {
  const output = builder.allocate(type)
  const bindings = [
    { name: 'input', element: 'f32', resource: input.buffer },
    { name: 'output', element: 'f32', resource: output },
  ]
  const kernel = { constants: { FEATURES: channelsOf(type) }, bindings, pieces: [ORDER, EXPONENTIAL, DIVIDED], code: ROW }
  builder.addFlat(kernel, rowsOf(type))
  return { buffer: output, kernel: 'softmax of a row' }
}
