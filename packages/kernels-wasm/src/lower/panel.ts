/** Fills the table kernel's panel, tap by tap from bits or from a pair map. Some layers read the map instead. */
import type { PaddingValue } from '@onebit/core'
import type { BitWeights } from '@onebit/core/compile'
import { type Buffer, offsetBy, type Place } from '../program/buffer.ts'
import type { ProgramBuilder } from '../program/program-builder.ts'
import { bitRowBytes, channelsOf } from '../program/value.ts'
import { layOutCommonBase, nibbleCount, type Tile } from '../weights/table-weights.ts'
import type { CountedPixels } from './counting-method.ts'
import type { LayerGeometry } from './layer-geometry.ts'
import type { LoweringScope } from './lowering.ts'

export interface Panel {
  /** A constant with the base of all pixels, if all share one. */
  readonly base?: Buffer
  /** Adds the step that fills the panel and writes the bases. */
  fill(group: number, pixels: CountedPixels): void
  /** Adds the step that counts for these pixels, for some blocks of outputs. */
  count(tile: Tile, laidOut: Buffer, counts: Place, sizes: CountSizes): void
}

export interface CountSizes {
  readonly blocks: number
  readonly countBytes: number
  readonly from: number
  readonly to: number
}

/** The memory of a panel. */
interface Storage {
  readonly buffer: Buffer | Place
  readonly rowBytes: number
}

function countPanel(builder: ProgramBuilder, { buffer, rowBytes }: Storage, weights: BitWeights): Panel['count'] {
  const triples = Math.ceil(nibbleCount(weights) / 3)
  return (tile, laidOut, counts, { blocks, countBytes, from, to }) =>
    builder.call(`tableGemm${tile}`, buffer, laidOut, counts, triples, Math.ceil((to - from) / 2), blocks, rowBytes, countBytes)
}

/** A panel of all pixels that the producer of the bits has written. */
function givenPanel({ builder, inputs }: LoweringScope, weights: BitWeights, { rowBytes }: Storage): Panel {
  const { buffer } = inputs[0]
  return {
    base: commonBase(builder, weights),
    fill() {},
    count(tile, laidOut, counts, sizes) {
      const panel = offsetBy(buffer, (sizes.from / 2) * rowBytes)
      countPanel(builder, { buffer: panel, rowBytes }, weights)(tile, laidOut, counts, sizes)
    },
  }
}

/** Fewer rows of a pair map are not worth a task. */
const LEAST_MAP_ROWS = 4

/** The row of `channels` bits that taps outside the input read, or undefined if they read nothing. */
export function outsideRow(paddingValue: PaddingValue, channels: number): Uint8Array | undefined {
  if (paddingValue === 'zero') return undefined
  const row = new Uint8Array(bitRowBytes(channels) + 8)
  if (paddingValue === 'one') for (let i = 0; i < channels; i++) row[i >> 3] |= 1 << (i & 7)
  return row
}

/** The base of all pixels. Undefined if it depends on the taps in the padding, because the last nibble is partly filled. */
function commonBase(builder: ProgramBuilder, { taps, channels }: BitWeights): Buffer | undefined {
  return channels % 4 === 0 ? builder.constant(layOutCommonBase(taps * channels)) : undefined
}

export function preparePanel(context: LoweringScope, layer: LayerGeometry, weights: BitWeights, storage: Storage): Panel {
  const { builder, inputs } = context
  if (inputs[0].isPanel) return givenPanel(context, weights, storage)
  const outside = outsideRow(layer.paddingValue, weights.channels)
  const pixelBytes = bitRowBytes(channelsOf(inputs[0]))
  const outsideArgument = outside ? builder.constant(outside) : 0
  const overlapping = overlaps(layer, weights)
  if (overlapping && readsMap(layer, weights)) return mappedPanel(context, layer, weights, outsideArgument)
  if (overlapping) return copiedPanel(context, layer, weights, storage, outsideArgument)
  const { geometry, window, inputWidth, outputWidth } = layer
  const rows = builder.constant(geometry.rows)
  const columns = builder.constant(geometry.columns)
  return {
    base: commonBase(builder, weights),
    count: countPanel(builder, storage, weights),
    fill(group, { from, to, bases, step }) {
      const input = { buffer: inputs[0].buffer, offset: (group * weights.channels) / 8 }
      builder.call(
        'buildPanel',
        ...[input, storage.buffer, bases, rows, columns, outsideArgument],
        ...[pixelBytes, inputWidth, outputWidth, ...window, weights.channels, storage.rowBytes, 2 * step, from, to],
      )
    },
  }
}

/** True if the pair map can hold the windows: they overlap, one group, no gaps in a row, pairs that end with the row. */
function overlaps({ convolution, groups, window, outputWidth }: LayerGeometry, { channels }: BitWeights): boolean {
  if (!convolution || groups > 1 || channels % 4 !== 0 || outputWidth % 2 !== 0) return false
  return window[1] > convolution.strides[1] && convolution.dilations[1] === 1
}

/** Up to this many channels the kernel reads the map itself. Above, flushing after each kernel row costs as much as the copies save. */
const MOST_MAPPED_CHANNELS = 64

/** True if the kernel reads the map itself. Kernel rows must be whole triples, so that it can count them one by one. */
function readsMap({ window }: LayerGeometry, { channels }: BitWeights): boolean {
  return channels <= MOST_MAPPED_CHANNELS && ((window[1] * channels) / 4) % 3 === 0
}

interface PairMap {
  readonly buffer: Buffer
  /** Bytes between neighboring places, output pixels in a row, output rows, and kernel rows. */
  readonly placeBytes: number
  readonly stepX: number
  readonly stepY: number
  readonly tapY: number
}

/** Adds the step that writes the pair map. */
function addPairMap({ builder, inputs }: LoweringScope, { convolution }: LayerGeometry, outside: Buffer | 0): PairMap {
  const { strides, dilations, padding } = convolution!
  const [top, bottom, left, right] = padding
  const [height, width, channels] = inputs[0].shape
  const rows = height + top + bottom
  const columns = width + left + right
  const placeBytes = channels / 2
  const buffer = builder.allocate(rows * columns * placeBytes + 32)
  const mapRowBytes = columns * placeBytes
  // If a place ends amid a vector, the kernel writes past its end, so only one thread may run it.
  builder.split(rows, 1, channels % 64 === 0 ? LEAST_MAP_ROWS : rows, (from, to) =>
    builder.call(
      'buildPairMap',
      ...[inputs[0].buffer, offsetBy(buffer, from * mapRowBytes), outside, bitRowBytes(channels), height, width, channels],
      ...[to - from, columns, top - from, left, strides[1]],
    ),
  )
  const steps = { stepX: strides[1] * placeBytes, stepY: strides[0] * mapRowBytes, tapY: dilations[0] * mapRowBytes }
  return { buffer, placeBytes, ...steps }
}

function copiedPanel(
  context: LoweringScope,
  layer: LayerGeometry,
  weights: BitWeights,
  storage: Storage,
  outside: Buffer | 0,
): Panel {
  const { builder } = context
  const { buffer: map, placeBytes, stepX, stepY, tapY } = addPairMap(context, layer, outside)
  const [kernelHeight, kernelWidth] = layer.window
  return {
    base: commonBase(builder, weights),
    count: countPanel(builder, storage, weights),
    fill(_group, { from, to }) {
      builder.call(
        'copyPanel',
        ...[map, storage.buffer, layer.outputWidth, kernelHeight, kernelWidth * placeBytes],
        ...[stepX, stepY, tapY, storage.rowBytes, from, to],
      )
    },
  }
}

/** Reads the map instead of a panel. */
function mappedPanel(context: LoweringScope, layer: LayerGeometry, weights: BitWeights, outside: Buffer | 0): Panel {
  const { builder } = context
  const { outputWidth, pixels } = layer
  const { buffer: map, placeBytes, stepX, stepY, tapY } = addPairMap(context, layer, outside)
  const [kernelHeight, kernelWidth] = layer.window
  const placeOf = (pixel: number): number => Math.floor(pixel / outputWidth) * stepY + (pixel % outputWidth) * stepX
  const places = builder.constant(Uint32Array.from({ length: pixels / 2 }, (_, pair) => placeOf(2 * pair)))
  const triples = (kernelWidth * placeBytes) / 6
  return {
    base: commonBase(builder, weights),
    fill() {},
    count(tile, laidOut, counts, { blocks, countBytes, from, to }) {
      const pairs = [offsetBy(places, 2 * from), laidOut, counts, triples, (to - from) / 2, blocks]
      builder.call(`tableMapGemm${tile}`, map, ...pairs, kernelHeight, tapY, countBytes)
    },
  }
}
