/** The nodes that all quantized layers share: comparisons and sums. */
import { checkArguments, type FrozenQuantizer, packSigns, rules } from '@onebit/core'
import { floatTensor } from './float-tensor.ts'
import type { ToGraphContext } from './to-graph.ts'

const { list, numbers, object, oneOf } = rules

/** `name` for the first value, `name2`, `name3` and so on for the others. */
export function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}${index + 1}`
}

/** Appends a node that compares `input` with its thresholds and returns bits. Of a sum of quantizers, it compares one. */
export function emitThreshold(context: ToGraphContext, input: string, frozen: FrozenQuantizer, index = 0): string {
  checkArguments('emitThreshold()', {
    context: [context, object({ builder: object({ node: rules.callback }), name: rules.text })],
    frozen: [frozen, object({ thresholds: list(numbers, { minimum: 1 }), first: list(oneOf([-1, 1]), { minimum: 1 }) })],
    index: [index, rules.integer({ minimum: 0 })],
  })
  const { builder, name } = context
  const { thresholds, first } = frozen
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
