/** Ops that move or reduce values: pools, means, resizing, and changes of shape. */
import { elementCount, formatShape, type ValueType } from '../value-type.ts'
import { image, type Padding, type Pair, windowPositions } from './convolution.ts'
import {
  boolean,
  defineOp,
  FLOAT,
  type InferenceContext,
  integer,
  integers,
  type OpDefinition,
  oneOf,
  real,
} from './definition.ts'

export interface PoolAttributes {
  readonly size: Pair
  readonly strides: Pair
  readonly padding: Padding
}

export interface AveragePoolAttributes extends PoolAttributes {
  /** If true, taps outside the input count as zeros in the mean. */
  readonly countPadding: boolean
}

export interface MeanAttributes {
  /** Axes of the shape without the batch. */
  readonly axes: readonly number[]
  readonly keepDimensions: boolean
}

export interface ResizeAttributes {
  readonly size: Pair
  readonly method: 'nearest' | 'bilinear'
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
}

export interface PadAttributes {
  readonly padding: Padding
  readonly value: number
}

export interface ReshapeAttributes {
  readonly shape: readonly number[]
}

export interface ConcatAttributes {
  readonly axis: number
}

export interface SliceAttributes {
  readonly begin: readonly number[]
  readonly size: readonly number[]
}

const poolRules = {
  size: integers<Pair>({ length: 2, minimum: 1 }),
  strides: integers<Pair>({ length: 2, minimum: 1, fallback: [1, 1] }),
  padding: integers<Padding>({ length: 4, minimum: 0, fallback: [0, 0, 0, 0] }),
}

function inferPool(context: InferenceContext<PoolAttributes>): ValueType {
  const { inputs, attributes, fail } = context
  const [height, width, channels] = image(context, inputs[0])
  const { size, strides, padding } = attributes
  const [top, bottom, left, right] = padding
  if (Math.max(top, bottom) >= size[0] || Math.max(left, right) >= size[1]) {
    fail({ what: 'The padding is as large as the window, so a window could hold padding alone.', received: formatShape(padding) })
  }
  const outputHeight = windowPositions(height, size[0], strides[0], 1, top + bottom)
  const outputWidth = windowPositions(width, size[1], strides[1], 1, left + right)
  if (outputHeight < 1 || outputWidth < 1) fail({ what: 'The window is larger than the padded input.' })
  return { dtype: inputs[0].dtype, shape: [outputHeight, outputWidth, channels] }
}

/** Largest value of each window. Taps outside the input are skipped. On bits this is a logical OR. */
export const maxPool: OpDefinition<PoolAttributes> = defineOp({
  inputs: [['float32', 'bit']],
  tensors: {},
  attributes: poolRules,
  infer: inferPool,
})

/** Mean of each window: the float32 sum over rows, then columns, divided by the number of taps that count. */
export const averagePool: OpDefinition<AveragePoolAttributes> = defineOp<AveragePoolAttributes>({
  inputs: [FLOAT],
  tensors: {},
  attributes: { ...poolRules, countPadding: boolean(false) },
  infer: inferPool,
})

/** Mean over some axes: summed in row-major order in float32, then divided. Axes `[0, 1]` of an image: global average pooling. */
export const mean: OpDefinition<MeanAttributes> = defineOp({
  inputs: [FLOAT],
  tensors: {},
  attributes: { axes: integers<readonly number[]>({ minimum: 0 }), keepDimensions: boolean(false) },
  infer: ({ inputs, attributes, fail }) => {
    const { axes, keepDimensions } = attributes
    const { shape } = inputs[0]
    const summed = new Set(axes)
    if (axes.length === 0 || summed.size !== axes.length || axes.some((axis) => axis >= shape.length)) {
      fail({
        what: 'The axes do not fit the input.',
        expected: `distinct axes below ${shape.length}`,
        received: formatShape(axes),
      })
    }
    const kept = shape.map((size, axis) => (summed.has(axis) ? 1 : size))
    return { dtype: 'float32', shape: keepDimensions ? kept : kept.filter((_, axis) => !summed.has(axis)) }
  },
})

/**
 * Nearest or bilinear resizing, in float32 with every step rounded. Output index `i` reads the input at `i * scale`, or with
 * halfPixelCenters at `(i + 0.5) * scale - 0.5`. `scale` is `from / to`, or `(from - 1) / (to - 1)` with alignCorners. Nearest takes the
 * floor of that position, clamped to the image. With either option it first adds 0.5. Bilinear computes `a + (b - a) * fraction` along
 * columns, then along rows, with neighbors clamped to the image.
 */
export const resize: OpDefinition<ResizeAttributes> = defineOp({
  inputs: [FLOAT],
  tensors: {},
  attributes: {
    size: integers<Pair>({ length: 2, minimum: 1 }),
    method: oneOf(['nearest', 'bilinear'], 'nearest'),
    alignCorners: boolean(false),
    halfPixelCenters: boolean(false),
  },
  infer: (context) => {
    const { attributes, fail } = context
    const [, , channels] = image(context, context.inputs[0])
    if (attributes.alignCorners && attributes.halfPixelCenters) {
      fail({ what: 'alignCorners and halfPixelCenters exclude each other.' })
    }
    return { dtype: 'float32', shape: [...attributes.size, channels] }
  },
})

/** Adds rows and columns of a constant around an image. */
export const pad: OpDefinition<PadAttributes> = defineOp({
  inputs: [FLOAT],
  tensors: {},
  attributes: { padding: poolRules.padding, value: { ...real(), fallback: 0 } },
  infer: (context) => {
    const [height, width, channels] = image(context, context.inputs[0])
    const [top, bottom, left, right] = context.attributes.padding
    return { dtype: 'float32', shape: [height + top + bottom, width + left + right, channels] }
  },
})

/** The same values in the same order under another shape. */
export const reshape: OpDefinition<ReshapeAttributes> = defineOp({
  inputs: [['float32', 'bit', 'int32']],
  tensors: {},
  attributes: { shape: integers<readonly number[]>({ minimum: 1 }) },
  infer: ({ inputs, attributes, fail }) => {
    if (elementCount(inputs[0].shape) !== elementCount(attributes.shape)) {
      fail({
        what: 'The new shape holds another number of values.',
        expected: `${elementCount(inputs[0].shape)} values`,
        received: formatShape(attributes.shape),
      })
    }
    return { dtype: inputs[0].dtype, shape: attributes.shape }
  },
})

/** Values side by side along one axis (of the shape without the batch). All of one type. */
export const concat: OpDefinition<ConcatAttributes> = defineOp({
  inputs: [['float32', 'bit']],
  variadic: true,
  tensors: {},
  attributes: { axis: integer({ minimum: 0 }) },
  infer: ({ inputs, attributes: { axis }, fail }) => {
    const [first] = inputs
    if (axis >= first.shape.length)
      fail({ what: 'There is no such axis.', expected: `an axis below ${first.shape.length}`, received: `${axis}` })
    for (const { dtype, shape } of inputs) {
      const fits =
        shape.length === first.shape.length && shape.every((size, index) => index === axis || size === first.shape[index])
      if (!fits || dtype !== first.dtype) {
        fail({
          what: `The inputs differ on more than axis ${axis}.`,
          expected: `${first.dtype} like ${formatShape(first.shape)}`,
          received: `${dtype} ${formatShape(shape)}`,
        })
      }
    }
    const total = inputs.reduce((sum, { shape }) => sum + shape[axis], 0)
    return { dtype: first.dtype, shape: first.shape.map((size, index) => (index === axis ? total : size)) }
  },
})

/** The box of `size` values from `begin` on. */
export const slice: OpDefinition<SliceAttributes> = defineOp({
  inputs: [['float32', 'bit']],
  tensors: {},
  attributes: { begin: integers<readonly number[]>({ minimum: 0 }), size: integers<readonly number[]>({ minimum: 1 }) },
  infer: ({ inputs, attributes: { begin, size }, fail }) => {
    const { shape, dtype } = inputs[0]
    const fits =
      begin.length === shape.length && size.length === shape.length && shape.every((n, axis) => begin[axis] + size[axis] <= n)
    if (!fits) {
      fail({
        what: 'The slice leaves the input.',
        expected: `a box in ${formatShape(shape)}`,
        received: `${formatShape(size)} at ${formatShape(begin)}`,
      })
    }
    return { dtype, shape: size }
  },
})
