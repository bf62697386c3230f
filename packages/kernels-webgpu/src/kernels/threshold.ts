/** Converts numbers to bits. One invocation packs a word. */
import type { NodeOf } from '@onebit/core'
import { channelsOf, wordsOf } from '../program/value.ts'
import { flatMain } from '../shaders/flat.ts'
import { ORDER } from '../shaders/order.ts'
import { type ThresholdTable, thresholdTable } from '../weights/threshold-table.ts'
import { type Lowering, type LoweringScope, requireTensor } from './lowering.ts'

/** @param lanes Channels that a kernel takes at a time. */
export function tableOf(node: NodeOf<'threshold'>, scope: LoweringScope, integers: boolean, lanes?: number): ThresholdTable {
  const thresholds = requireTensor(node, scope, 'thresholds')
  const first = requireTensor(node, scope, 'first')
  const tensors = {
    thresholds: thresholds.data as Float32Array,
    steps: thresholds.shape[1],
    first: first.data as Uint8Array,
    firstCount: first.shape[0],
  }
  return thresholdTable(tensors, { channels: channelsOf(scope.type), integers, lanes })
}

const CODE = flatMain(
  'arrayLength(&bits)',
  `
  let first = index % WORDS * 32u;
  let start = index / WORDS * CHANNELS + first;
  var word = bitcast<u32>(table[STEPS * CHANNELS + index % WORDS]);
  for (var i = 0u; i < min(32u, CHANNELS - first); i++) {
    let x = keyOf(input[start + i]);
    for (var step = 0u; step < STEPS; step++) {
      word ^= u32(x >= table[step * CHANNELS + first + i]) << i;
    }
  }
  bits[index] = word;`,
)

const OF_FLOATS = 'fn keyOf(x: u32) -> i32 { return thresholdKey(x); }'
const OF_INTEGERS = 'fn keyOf(x: u32) -> i32 { return bitcast<i32>(x); }'

export const threshold: Lowering<'threshold'> = (node, scope) => {
  const { builder, inputs, type } = scope
  const [input] = inputs
  const integers = input.dtype === 'int32'
  const { steps, bounds, first } = tableOf(node, scope, integers)
  const output = builder.allocate(type)
  const channels = channelsOf(type)
  const kernel = {
    constants: { CHANNELS: channels, WORDS: wordsOf(channels), STEPS: steps },
    bindings: [
      { name: 'input', element: 'u32', resource: input.buffer },
      { name: 'bits', element: 'u32', resource: output },
      { name: 'table', element: 'i32', resource: builder.constant(Int32Array.of(...bounds, ...first)) },
    ],
    pieces: integers ? [] : [ORDER],
    code: `${integers ? OF_INTEGERS : OF_FLOATS}\n${CODE}`,
  }
  builder.addFlat(kernel, output.words)
  return { buffer: output, kernel: 'thresholds to words' }
}
