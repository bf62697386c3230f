/** Ops that compute each element on its own: thresholds, affine, activations, sums and products. */
import { checkArgument } from '../../options/check-options.ts'
import { numbers } from '../../options/value-rules.ts'
import { formatShape, type ValueType } from '../value-type.ts'
import { defineOp, FLOAT, type InferenceContext, NUMBER, type OpDefinition, oneOf, real } from './definition.ts'

export const ACTIVATION_FUNCTIONS = [
  'relu',
  'sigmoid',
  'tanh',
  'exp',
  'softplus',
  'softsign',
  'swish',
  'hard-sigmoid',
  'hard-swish',
  'absolute',
] as const
export type ActivationFunction = (typeof ACTIVATION_FUNCTIONS)[number]

export interface ActivationAttributes {
  readonly function: ActivationFunction
}

export interface ClipAttributes {
  readonly minimum: number
  readonly maximum: number
}

/** Fails unless the tensor of `role` has one entry, or one per channel, along its first axis. A value without axes has one channel. */
function matchChannels({ inputs, tensors, fail }: InferenceContext<unknown>, role: string, rank: number): void {
  const tensor = tensors[role]
  if (!tensor) return
  const channels = inputs[0].shape.at(-1) ?? 1
  if (tensor.shape.length !== rank || (tensor.shape[0] !== 1 && tensor.shape[0] !== channels)) {
    fail({
      what: `The ${role} do not fit the input's channels.`,
      expected: rank === 1 ? `[1] or [${channels}]` : `[1, n] or [${channels}, n]`,
      received: formatShape(tensor.shape),
    })
  }
}

/** NumPy's rule on shapes without the batch: align the last axes, each pair equal or one of them 1. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] | undefined {
  for (const shape of [a, b]) checkArgument('broadcastShapes()', 'shape', shape, numbers)
  const rank = Math.max(a.length, b.length)
  const shape: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const sizeA = a[axis - rank + a.length] ?? 1
    const sizeB = b[axis - rank + b.length] ?? 1
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return undefined
    shape.push(sizeA === 1 ? sizeB : sizeA)
  }
  return shape
}

function inferBroadcast({ inputs, fail }: InferenceContext<object>): ValueType {
  const shape = broadcastShapes(inputs[0].shape, inputs[1].shape)
  if (!shape) {
    return fail({
      what: 'The inputs do not broadcast.',
      expected: 'equal sizes, or 1, on every axis counted from the last',
      received: `${formatShape(inputs[0].shape)} and ${formatShape(inputs[1].shape)}`,
    })
  }
  return { dtype: 'float32', shape }
}

/**
 * Turns real values into bits. Channel `c` starts at the sign `first[c]` and flips at every threshold that it passes:
 * the bit is `first` XOR the parity of the number of its thresholds with `x >= t`. Thresholds are sorted; unused places
 * hold +Infinity. `thresholds` is `[channels or 1, n]`, `first` is bits `[channels or 1]`.
 */
export const threshold: OpDefinition<object> = defineOp({
  inputs: [NUMBER],
  tensors: { thresholds: { dtypes: ['float32'] }, first: { dtypes: ['bit'] } },
  attributes: {},
  infer: (context) => {
    matchChannels(context, 'thresholds', 2)
    matchChannels(context, 'first', 1)
    return { dtype: 'bit', shape: context.inputs[0].shape }
  },
})

/** Bits or accumulators as float32. */
export const toFloat: OpDefinition<object> = defineOp({
  inputs: [['bit', 'int32', 'float32']],
  tensors: {},
  attributes: {},
  infer: ({ inputs }) => ({ dtype: 'float32', shape: inputs[0].shape }),
})

/** `x * scale + shift` per channel, each step rounded to float32. `scale` and `shift` are `[channels or 1]`. */
export const affine: OpDefinition<object> = defineOp({
  inputs: [NUMBER],
  tensors: { scale: { dtypes: ['float32'] }, shift: { dtypes: ['float32'] } },
  attributes: {},
  infer: (context) => {
    matchChannels(context, 'scale', 1)
    matchChannels(context, 'shift', 1)
    return { dtype: 'float32', shape: context.inputs[0].shape }
  },
})

/** `x` where `x >= 0`, else `slope * x`. `slope` is `[channels or 1]`. */
export const prelu: OpDefinition<object> = defineOp({
  inputs: [FLOAT],
  tensors: { slope: { dtypes: ['float32'] } },
  attributes: {},
  infer: (context) => {
    matchChannels(context, 'slope', 1)
    return { dtype: 'float32', shape: context.inputs[0].shape }
  },
})

/** A fixed function. Every backend performs the float32 operations of `reference/elementary-functions.ts`, each rounded. */
export const activation: OpDefinition<ActivationAttributes> = defineOp({
  inputs: [FLOAT],
  tensors: {},
  attributes: { function: oneOf(ACTIVATION_FUNCTIONS) },
  infer: ({ inputs }) => inputs[0],
})

/** `min(max(x, minimum), maximum)` */
export const clip: OpDefinition<ClipAttributes> = defineOp({
  inputs: [FLOAT],
  tensors: {},
  attributes: { minimum: real(), maximum: real() },
  infer: ({ inputs, attributes, fail }) => {
    if (attributes.minimum > attributes.maximum) fail({ what: 'The minimum is above the maximum.' })
    return inputs[0]
  },
})

/** Sum of two values, broadcast. */
export const add: OpDefinition<object> = defineOp({ inputs: [FLOAT, FLOAT], tensors: {}, attributes: {}, infer: inferBroadcast })

/** Product of two values, broadcast: gates and spatial scales. */
export const multiply: OpDefinition<object> = defineOp({
  inputs: [FLOAT, FLOAT],
  tensors: {},
  attributes: {},
  infer: inferBroadcast,
})

/**
 * `y / sum` over the last axis with `y = exp(x - max)`, all in float32, `exp` as in `activation`. Four partial sums add the values with
 * index 0, 1, 2 and 3 modulo 4, each in order. The sum is `(s0 + s2) + (s1 + s3)`.
 */
export const softmax: OpDefinition<object> = defineOp({
  inputs: [FLOAT],
  tensors: {},
  attributes: {},
  infer: ({ inputs, fail }) => (inputs[0].shape.length > 0 ? inputs[0] : fail({ what: 'The input has no axis.' })),
})

/** A learned value, the same for the whole batch. */
export const constant: OpDefinition<object> = defineOp({
  inputs: [],
  tensors: { value: { dtypes: ['float32'] } },
  attributes: {},
  infer: ({ tensors }) => ({ dtype: 'float32', shape: tensors.value!.shape }),
})
