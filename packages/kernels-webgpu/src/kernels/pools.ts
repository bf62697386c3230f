/** Pools: one invocation reads one window, row by row. */
import type { NodeOf } from '@onebit/core'
import { rowsOf, storedShape } from '../program/value.ts'
import { DIVIDED, NOTHING } from '../shaders/arithmetic.ts'
import { flatMain } from '../shaders/flat.ts'
import { ORDER } from '../shaders/order.ts'
import type { Piece } from '../shaders/piece.ts'
import type { Lowered, Lowering, LoweringScope } from './lowering.ts'

interface Pool {
  readonly kernel: string
  /** WGSL type of an element. */
  readonly element: string
  readonly pieces?: readonly Piece[]
  /** WGSL before the first tap. */
  readonly begin: string
  /** WGSL for each tap inside the input. The value is `x`. */
  readonly tap: string
  /** WGSL of the result. `taps` is the number of taps inside the input. */
  readonly result: string
}

const LARGEST: Pool = {
  kernel: 'largest of a window',
  element: 'u32',
  pieces: [ORDER],
  // NaN is less than every number. Zeros are equal, so the first one stays.
  begin: 'var largest = 0xff800000u;\n  var best = orderKey(largest);',
  tap: 'let key = select(thresholdKey(x), 0, x == 0x80000000u); if (key > best) { best = key; largest = x; }',
  result: 'largest',
}

const ANY: Pool = { kernel: 'OR of a window', element: 'u32', begin: 'var any = 0u;', tap: 'any |= x;', result: 'any' }

const AVERAGE: Pool = {
  kernel: 'mean of a window',
  element: 'f32',
  pieces: [DIVIDED, NOTHING],
  begin: 'var sum = nothing();',
  tap: 'sum += x;',
  result: 'divided(sum, f32(taps))',
}

type PoolNode = NodeOf<'maxPool' | 'averagePool'>

function lowerPool({ attributes }: PoolNode, { builder, inputs: [input], type }: LoweringScope, pool: Pool): Lowered {
  const output = builder.allocate(type)
  const [height, width, channels] = storedShape(input)
  const [outputHeight, outputWidth] = type.shape
  const { size, strides, padding } = attributes
  const code = flatMain(
    'arrayLength(&output)',
    `
  let channel = index % CHANNELS;
  let x0 = i32(index / CHANNELS % OUTPUT_WIDTH * STRIDE_X) - i32(LEFT);
  let y0 = i32(index / (CHANNELS * OUTPUT_WIDTH) % OUTPUT_HEIGHT * STRIDE_Y) - i32(TOP);
  let sample = index / (CHANNELS * OUTPUT_WIDTH * OUTPUT_HEIGHT);
  let endY = min(y0 + i32(WINDOW_HEIGHT), i32(HEIGHT));
  let endX = min(x0 + i32(WINDOW_WIDTH), i32(WIDTH));
  var taps = 0u;
  ${pool.begin}
  for (var y = max(y0, 0); y < endY; y++) {
    for (var x1 = max(x0, 0); x1 < endX; x1++) {
      let x = input[((sample * HEIGHT + u32(y)) * WIDTH + u32(x1)) * CHANNELS + channel];
      taps++;
      ${pool.tap}
    }
  }
  output[index] = ${pool.result};`,
  )
  const constants = {
    ...{ HEIGHT: height, WIDTH: width, CHANNELS: channels, OUTPUT_HEIGHT: outputHeight, OUTPUT_WIDTH: outputWidth },
    ...{ WINDOW_HEIGHT: size[0], WINDOW_WIDTH: size[1], STRIDE_Y: strides[0], STRIDE_X: strides[1] },
    ...{ TOP: padding[0], LEFT: padding[2] },
  }
  const bindings = [
    { name: 'input', element: pool.element, resource: input.buffer },
    { name: 'output', element: pool.element, resource: output },
  ]
  builder.addFlat({ constants, bindings, pieces: pool.pieces, code }, rowsOf(type) * channels)
  return { buffer: output, kernel: pool.kernel }
}

export const maxPool: Lowering<'maxPool'> = (node, scope) => lowerPool(node, scope, scope.type.dtype === 'bit' ? ANY : LARGEST)

export const averagePool: Lowering<'averagePool'> = (node, scope) => {
  const { countPadding, size } = node.attributes
  return lowerPool(node, scope, countPadding ? { ...AVERAGE, result: `divided(sum, ${size[0] * size[1]}.0)` } : AVERAGE)
}
