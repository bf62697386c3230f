/** How the table kernel's panel is filled: tap by tap from bits, or copied from a pair map. */
import { type Buffer, offsetBy } from '../program/program-builder.ts'
import { bitRowBytes, channelsOf } from '../program/value.ts'
import type { BitKernel } from '../weights/bit-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import type { LoweringContext } from './context.ts'

export interface Panel {
  readonly buffer: Buffer
  /** One int16 per pixel: the sum if no bit differed. */
  readonly bases: Buffer
  readonly rowBytes: number
  /** Adds the step that fills the panel for the pixels `from` to `to`. */
  fill(group: number, from: number, to: number): void
}

/** Fewer rows of a pair map are not worth a task. */
const LEAST_MAP_ROWS = 4

/** A row of `channels` bits that taps outside the input read, or undefined where they read nothing. */
function outsideRow({ paddingValue }: BinaryLayer, channels: number): Uint8Array | undefined {
  if (paddingValue === 'zero') return undefined
  const row = new Uint8Array(bitRowBytes(channels) + 8)
  if (paddingValue === 'one') for (let i = 0; i < channels; i++) row[i >> 3] |= 1 << (i & 7)
  return row
}

/** A panel for `chunk` pixels at a time. */
export function preparePanel(
  context: LoweringContext,
  layer: BinaryLayer,
  kernel: BitKernel,
  chunk: number,
  rowBytes: number,
): Panel {
  const { builder, inputs } = context
  const outside = outsideRow(layer, kernel.channels)
  const storage = {
    buffer: builder.scratch((chunk / 2) * rowBytes + 32),
    bases: builder.scratch(2 * chunk),
    rowBytes,
  }
  const pixelBytes = bitRowBytes(channelsOf(inputs[0]))
  const outsideArgument = outside ? builder.constant(outside) : 0
  if (overlaps(layer, kernel)) return copiedPanel(context, layer, kernel, storage, outsideArgument)
  const { geometry, window, inputWidth, outputWidth } = layer
  const rows = builder.constant(geometry.rows)
  const columns = builder.constant(geometry.columns)
  return {
    ...storage,
    fill(group, from, to) {
      const input = { buffer: inputs[0].buffer, offset: (group * kernel.channels) / 8 }
      builder.call(
        'buildPanel',
        ...[input, storage.buffer, storage.bases, rows, columns, outsideArgument],
        ...[pixelBytes, inputWidth, outputWidth, ...window, kernel.channels, rowBytes, from, to],
      )
    },
  }
}

/** Whether windows overlap in a way that the pair map knows: one group, no gaps in a row, pairs that end with the row. */
function overlaps({ convolution, groups, window, outputWidth }: BinaryLayer, { channels }: BitKernel): boolean {
  if (!convolution || groups > 1 || channels % 4 !== 0 || outputWidth % 2 !== 0) return false
  return window[1] > convolution.strides[1] && convolution.dilations[1] === 1
}

function copiedPanel(
  { builder, inputs }: LoweringContext,
  { convolution, window: [kernelHeight, kernelWidth], outputWidth }: BinaryLayer,
  kernel: BitKernel,
  storage: Omit<Panel, 'fill'>,
  outside: Buffer | 0,
): Panel {
  const { strides, dilations, padding } = convolution!
  const [top, bottom, left, right] = padding
  const [height, width, channels] = inputs[0].shape
  const rows = height + top + bottom
  const columns = width + left + right
  const placeBytes = channels / 2
  const map = builder.allocate(rows * columns * placeBytes + 32)
  const mapRowBytes = columns * placeBytes
  // A place that ends amid a vector is written past its end, which only one thread may do.
  builder.split(rows, 1, channels % 64 === 0 ? LEAST_MAP_ROWS : rows, (from, to) =>
    builder.call(
      'buildPairMap',
      ...[inputs[0].buffer, offsetBy(map, from * mapRowBytes), outside, bitRowBytes(channels), height, width, channels],
      ...[to - from, columns, top - from, left, strides[1]],
    ),
  )
  const steps = [strides[1] * placeBytes, strides[0] * mapRowBytes, dilations[0] * mapRowBytes]
  return {
    ...storage,
    fill(_group, from, to) {
      builder.call(
        'copyPanel',
        ...[map, storage.buffer, storage.bases, outputWidth, kernelHeight, kernelWidth * placeBytes],
        ...[...steps, kernel.taps * channels, storage.rowBytes, from, to],
      )
    },
  }
}
