/** The nodes that all quantized layers share: comparisons and sums. */
import { type FrozenQuantizer, packSigns } from '@onebit/core'
import { floatTensor } from './float-tensor.ts'
import type { ToGraphContext } from './to-graph.ts'

/** `name` for the first value, `name2`, `name3` and so on for the others. */
export function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}${index + 1}`
}

/** Appends a node that compares `input` with its thresholds and returns bits. Of a sum of quantizers, it compares one. */
export function emitThreshold(
  { builder, name }: ToGraphContext,
  input: string,
  { thresholds, first }: FrozenQuantizer,
  index = 0,
): string {
  const count = Math.max(1, ...thresholds.map((list) => list.length))
  const padded = thresholds.flatMap((list) => [...list, ...new Array<number>(count - list.length).fill(Number.POSITIVE_INFINITY)])
  return builder.node('threshold', {
    name: numbered(`${name}.sign`, index),
    inputs: [input],
    tensors: {
      thresholds: floatTensor(padded, [thresholds.length, count]),
      first: { dtype: 'bit', shape: [first.length], data: packSigns(first) },
    },
  })
}

/** Adds float values up, the last sum under `name`. */
export function emitSum({ builder }: ToGraphContext, name: string, values: readonly string[]): string {
  return values.reduce((sum, value, index) => {
    const last = index === values.length - 1
    return builder.node('add', { name: last ? name : `${name}.sum${index}`, inputs: [sum, value] })
  })
}
