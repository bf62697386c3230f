/** Options of layers that slide a kernel over an image. */
import { OptionError, type Pair } from '@onebit/core'
import type { Shape } from '@tensorflow/tfjs-layers'
import { oneOf, positivePair } from './options/check-options.ts'
import { PADDING_MODES, type PaddingMode } from './padding.ts'
import { ownShape } from './quantized-layer.ts'

export interface WindowOptions {
  kernelSize: number | Pair
  /** @default 1 */
  strides?: number | Pair
  /** How far windows reach over the borders: TensorFlow's `same`, PyTorch's `symmetric`, or not at all. @default 'same' */
  padding?: PaddingMode
  /**
   * The order of the axes. Images are always `[height, width, channels]`, the only order of the graph and its kernels. @default
   * 'channelsLast'
   */
  dataFormat?: 'channelsLast'
}

export const WINDOW_OPTIONS = ['kernelSize', 'strides', 'padding', 'dataFormat'] as const

/**
 * @param modes The paddings that the layer has.
 * @throws OptionError on a wrong value.
 */
export function windowOptions<Mode extends PaddingMode = PaddingMode>(
  title: string,
  { kernelSize, strides = 1, padding = 'same', dataFormat = 'channelsLast' }: WindowOptions,
  modes: readonly Mode[] = PADDING_MODES as readonly PaddingMode[] as readonly Mode[],
): { readonly kernelSize: Pair; readonly strides: Pair; readonly padding: Mode } {
  oneOf(title, 'dataFormat', dataFormat, ['channelsLast'])
  return {
    kernelSize: positivePair(title, 'kernelSize', kernelSize),
    strides: positivePair(title, 'strides', strides),
    padding: oneOf(title, 'padding', padding, modes),
  }
}

/**
 * Number of channels of a layer's input.
 * @param rank Number of axes of the input, including the batch.
 * @throws OptionError on an input of another rank, or with an open number of channels.
 */
export function inputChannels(title: string, inputShape: Shape | Shape[], rank: number): number {
  const shape = ownShape(inputShape)
  const channels = shape.at(-1)
  if (shape.length === rank && channels) return channels
  throw new OptionError({
    what: `${title} does not fit its input.`,
    expected: rank === 4 ? '[batch, height, width, channels], the channels known' : `${rank} axes, the last one known`,
    received: `[${shape.map((size) => size ?? 'open').join(', ')}]`,
  })
}
