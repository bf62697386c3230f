/** Common graph tensors and nodes for tests. */
import { checkArguments, type GraphBuilder, type GraphTensor, packSigns, rules } from '@onebit/core'
import { builderRule, shapeRule } from './random-rules.ts'

const checkTensor = (where: string, shape: unknown, values: unknown): void =>
  checkArguments(where, { shape: [shape, shapeRule], values: [values, rules.numbers] })

export function floatTensor(shape: readonly number[], data: ArrayLike<number>): GraphTensor {
  checkTensor('floatTensor()', shape, data)
  return { dtype: 'float32', shape, data: Float32Array.from(data) }
}

export function bitTensor(shape: readonly number[], signs: ArrayLike<number>): GraphTensor {
  checkTensor('bitTensor()', shape, signs)
  return { dtype: 'bit', shape, data: packSigns(signs) }
}

/** The tensors of a threshold node that computes the plain sign. */
export function plainSign(): { thresholds: GraphTensor; first: GraphTensor } {
  return { thresholds: floatTensor([1, 1], [0]), first: bitTensor([1], [-1]) }
}

/** Bits of a value: +1 if it is at least 0, otherwise -1. */
export function sign(builder: GraphBuilder, value: string): string {
  checkArguments('sign()', { builder: [builder, builderRule] })
  return builder.node('threshold', { inputs: [value], tensors: plainSign() })
}
