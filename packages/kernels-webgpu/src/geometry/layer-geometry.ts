/** Input and output positions of a layer: one pass, or several for a transposed convolution. Real and binary layers share it. */
import { elementCount, type GraphTensor, type NodeOf, type PaddingValue, type Pair } from '@onebit/core'
import {
  type BinaryNode,
  convolutionGeometry,
  cutIntoSubConvolutions,
  denseGeometry,
  type Geometry,
  type RealNode,
  subConvolutionSize,
} from '@onebit/core/compile'

/** A grid of outputs that the same taps reach. */
export interface Pass {
  /** Rows and columns of the grid. */
  readonly grid: Pair
  readonly geometry: Geometry
  /** The taps, by their number in the layer's window. */
  readonly taps: readonly number[]
  /** Rows and columns of the taps. */
  readonly window: Pair
  /** Row and column of the grid's first output, and the distances to the next ones. */
  readonly first: Pair
  readonly steps: Pair
}

export interface LayerGeometry {
  readonly passes: readonly Pass[]
  /** Rows and columns of the input, and of the output. */
  readonly input: Pair
  readonly output: Pair
  readonly groups: number
  readonly paddingValue: PaddingValue
  /** True if every output reads only the pixel at its own place. */
  readonly isPointwise: boolean
}

const ONE: Pair = [1, 1]

function allTaps([height, width]: Pair): number[] {
  return Array.from({ length: height * width }, (_, tap) => tap)
}

/** A dense layer is a convolution with a unit window over one row of pixels. */
function denseLayer(rows: number): LayerGeometry {
  const grid: Pair = [1, rows]
  const pass = { grid, geometry: denseGeometry(rows), taps: [0], window: ONE, first: [0, 0] as const, steps: ONE }
  return { passes: [pass], input: grid, output: grid, groups: 1, paddingValue: 'zero', isPointwise: true }
}

function transposedLayer(
  { attributes }: NodeOf<'conv2dTranspose' | 'binaryConv2dTranspose'>,
  input: Pair,
  output: Pair,
  window: Pair,
): LayerGeometry {
  const grid = subConvolutionSize(output, attributes.strides)
  const steps = attributes.strides
  const passes = cutIntoSubConvolutions(input, output, window, attributes).map((part) => ({ ...part, grid, steps }))
  return { passes, input, output, groups: 1, paddingValue: 'zero', isPointwise: false }
}

/** Rows and columns of a convolution's window, for bit and float weights. */
function windowOf({ dtype, shape }: GraphTensor): Pair {
  return dtype === 'bit' ? [shape[1], shape[2]] : [shape[0], shape[1]]
}

/**
 * @param from Shape of the input.
 * @param to Shape of the output.
 */
export function layerGeometry(
  node: RealNode | BinaryNode,
  weights: GraphTensor,
  from: readonly number[],
  to: readonly number[],
): LayerGeometry {
  if (node.op === 'dense' || node.op === 'binaryDense') return denseLayer(elementCount(from.slice(0, -1)))
  const window = windowOf(weights)
  const input: Pair = [from[0], from[1]]
  const output: Pair = [to[0], to[1]]
  if (node.op === 'conv2dTranspose' || node.op === 'binaryConv2dTranspose') return transposedLayer(node, input, output, window)
  const { strides, padding, groups } = node.attributes
  const geometry = convolutionGeometry(input, output, window, node.attributes)
  const isPointwise = [...window, ...strides].every((size) => size === 1) && padding.every((side) => side === 0)
  const paddingValue = node.op === 'binaryConv2d' ? node.attributes.paddingValue : 'zero'
  const pass = { grid: output, geometry, taps: allTaps(window), window, first: [0, 0] as const, steps: ONE }
  return { passes: [pass], input, output, groups, paddingValue, isPointwise }
}
