/**
 * A binary convolution or dense layer. The products of the +-1 values in two words sum to `32 - 2 * popcount(a ^ b)`, so a sum is
 * its number of products minus twice the number of differing bits. Masks select the channels of a group, because a group may
 * begin within a word.
 */
import type { GraphTensor, TypedGraph } from '@onebit/core'
import {
  type BinaryNode,
  bitAt,
  bitWeights,
  convolutionGeometry,
  denseGeometry,
  type Geometry,
  transposedGeometry,
} from '@onebit/core/compile'
import { type BitRows, popcount } from './bit-rows.ts'

/** The constants of all runs. */
export interface PreparedLayer {
  /** `[output][tap][word]`. The channels of the output's group are at their positions in a pixel. */
  readonly weights: Uint32Array
  /** `[group][word]`: 1 for the channels of the group. */
  readonly masks: Uint32Array
  readonly geometry: Geometry
  readonly groups: number
  readonly outputs: number
  readonly taps: number
  /** Number of input channels per group. */
  readonly channels: number
  readonly rowWords: number
  /** Number of pixels of one sample, input and output. */
  readonly inputPixels: number
  readonly inputWidth: number
  readonly outputPixels: number
  readonly outputWidth: number
  /** The value of a tap outside the input: all ones, all zeros, or nothing. */
  readonly outside: number | undefined
}

const OUTSIDE = { zero: undefined, one: 0xffffffff, 'minus-one': 0 } as const

/** The positions that a node's taps read, and the widths of the pixel rows that it reads and writes. */
function geometryOf(node: BinaryNode, input: readonly number[], output: readonly number[], weights: GraphTensor) {
  const pixels = (shape: readonly number[]): number => shape.slice(0, -1).reduce((count, size) => count * size, 1)
  const counts = { inputPixels: pixels(input), outputPixels: pixels(output) }
  if (node.op === 'binaryDense') {
    const width = counts.inputPixels
    return { ...counts, geometry: denseGeometry(width), inputWidth: width, outputWidth: width, groups: 1, outside: undefined }
  }
  const sizes = { ...counts, inputWidth: input[1], outputWidth: output[1] }
  const window = [weights.shape[1], weights.shape[2]] as const
  if (node.op === 'binaryConv2dTranspose') {
    const geometry = transposedGeometry(input, output, window, node.attributes)
    return { ...sizes, geometry, groups: 1, outside: undefined }
  }
  const geometry = convolutionGeometry(input, output, window, node.attributes)
  return { ...sizes, geometry, groups: node.attributes.groups, outside: OUTSIDE[node.attributes.paddingValue] }
}

export function prepareLayer(node: BinaryNode, { graph, types }: TypedGraph): PreparedLayer {
  const tensor = graph.tensors.get(node.tensors.weights)!
  const sizes = geometryOf(node, types.get(node.inputs[0])!.shape, types.get(node.name)!.shape, tensor)
  const { bits, outputs, taps, channels } = bitWeights(node.name, tensor)
  const { groups } = sizes
  const rowWords = Math.ceil((groups * channels) / 32)
  const weights = new Uint32Array(outputs * taps * rowWords)
  const masks = new Uint32Array(groups * rowWords)
  for (let place = 0; place < groups * channels; place++) {
    masks[Math.floor(place / channels) * rowWords + (place >> 5)] |= 1 << (place & 31)
  }
  for (let row = 0; row < outputs * taps; row++) {
    const group = Math.floor(Math.floor(row / taps) / (outputs / groups))
    for (let channel = 0; channel < channels; channel++) {
      const place = group * channels + channel
      if (bitAt(bits, row * channels + channel)) weights[row * rowWords + (place >> 5)] |= 1 << (place & 31)
    }
  }
  return { ...sizes, weights, masks, outputs, taps, channels, rowWords }
}

/** The exact sums, `[sample][pixel][output]`. */
export function sumProducts(layer: PreparedLayer, { words }: BitRows, batch: number): Int32Array {
  const { weights, masks, geometry, groups, outputs, taps, channels, rowWords, outside } = layer
  const { inputPixels, inputWidth, outputPixels, outputWidth } = layer
  const { rows, columns } = geometry
  const windowWidth = columns.length / outputWidth
  const windowHeight = taps / windowWidth
  const sums = new Int32Array(batch * outputPixels * outputs)
  /** The words of each valid tap of a pixel, and the number of the tap. */
  const gathered = new Uint32Array(taps * rowWords)
  const counting = new Int32Array(taps)
  for (let pixel = 0; pixel < batch * outputPixels; pixel++) {
    const sample = Math.floor(pixel / outputPixels)
    const y = Math.floor((pixel % outputPixels) / outputWidth)
    const x = pixel % outputWidth
    let count = 0
    for (let tap = 0; tap < taps; tap++) {
      const row = rows[y * windowHeight + Math.floor(tap / windowWidth)]
      const column = columns[x * windowWidth + (tap % windowWidth)]
      const isInside = row >= 0 && column >= 0
      if (!isInside && outside === undefined) continue
      const from = (sample * inputPixels + row * inputWidth + column) * rowWords
      for (let word = 0; word < rowWords; word++) gathered[count * rowWords + word] = isInside ? words[from + word] : outside!
      counting[count++] = tap
    }
    for (let output = 0; output < outputs; output++) {
      const mask = Math.floor(output / (outputs / groups)) * rowWords
      let differing = 0
      for (let i = 0; i < count; i++) {
        const from = (output * taps + counting[i]) * rowWords
        for (let word = 0; word < rowWords; word++) {
          differing += popcount((gathered[i * rowWords + word] ^ weights[from + word]) & masks[mask + word])
        }
      }
      sums[pixel * outputs + output] = count * channels - 2 * differing
    }
  }
  return sums
}
