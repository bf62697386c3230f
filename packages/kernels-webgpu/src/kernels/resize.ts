/** Resizing. Tables hold the rows and columns that each output reads. */
import { elementCount, type OpAttributes } from '@onebit/core'
import { bilinearPosition, nearestPosition } from '@onebit/core/compile'
import { ROUNDED } from '../shaders/arithmetic.ts'
import { flatMain } from '../shaders/flat.ts'
import type { Lowering } from './lowering.ts'

type ResizeAttributes = OpAttributes['resize']

const word = new DataView(new ArrayBuffer(4))

function floatBits(value: number): number {
  word.setFloat32(0, value)
  return word.getUint32(0)
}

/** For each output position, the input position that it copies. */
function nearestTable(from: number, to: number, attributes: ResizeAttributes): number[] {
  return Array.from({ length: to }, (_, index) => nearestPosition(index, from, to, attributes))
}

/** For each output position, two input positions and the bits of the second one's weight. */
function bilinearTable(from: number, to: number, attributes: ResizeAttributes): number[] {
  return Array.from({ length: to }, (_, index) => bilinearPosition(index, from, to, attributes)).flatMap(
    ({ first, second, fraction }) => [first, second, floatBits(fraction)],
  )
}

const POSITION = `
  let channel = index % CHANNELS;
  let x = index / CHANNELS % OUTPUT_WIDTH;
  let y = index / (CHANNELS * OUTPUT_WIDTH) % OUTPUT_HEIGHT;
  let sample = index / (CHANNELS * OUTPUT_WIDTH * OUTPUT_HEIGHT);`

const AT = `fn at(sample: u32, row: u32, column: u32, channel: u32) -> ELEMENT {
  return input[((sample * HEIGHT + row) * WIDTH + column) * CHANNELS + channel];
}
`

const NEAREST =
  AT.replace('ELEMENT', 'u32') +
  flatMain('arrayLength(&output)', `${POSITION}\n  output[index] = at(sample, table[y], table[COLUMNS + x], channel);`)

const BILINEAR = `${AT.replace('ELEMENT', 'f32')}
fn between(a: f32, b: f32, fraction: f32) -> f32 { return a + rounded((b - a) * fraction); }
${flatMain(
  'arrayLength(&output)',
  `${POSITION}
  let row = 3u * y;
  let column = COLUMNS + 3u * x;
  let fraction = bitcast<f32>(table[column + 2u]);
  let first = table[column];
  let second = table[column + 1u];
  let upper = between(at(sample, table[row], first, channel), at(sample, table[row], second, channel), fraction);
  let lower = between(at(sample, table[row + 1u], first, channel), at(sample, table[row + 1u], second, channel), fraction);
  output[index] = between(upper, lower, bitcast<f32>(table[row + 2u]));`,
)}`

export const resize: Lowering<'resize'> = ({ attributes }, { builder, inputs: [input], type }) => {
  const output = builder.allocate(type)
  const [height, width, channels] = input.shape
  const [outputHeight, outputWidth] = type.shape
  const isNearest = attributes.method === 'nearest'
  const tableOf = isNearest ? nearestTable : bilinearTable
  const rows = tableOf(height, outputHeight, attributes)
  const table = Uint32Array.from([...rows, ...tableOf(width, outputWidth, attributes)])
  const element = isNearest ? 'u32' : 'f32'
  const kernel = {
    constants: {
      ...{ HEIGHT: height, WIDTH: width, CHANNELS: channels },
      ...{ OUTPUT_HEIGHT: outputHeight, OUTPUT_WIDTH: outputWidth, COLUMNS: rows.length },
    },
    bindings: [
      { name: 'input', element, resource: input.buffer },
      { name: 'output', element, resource: output },
      { name: 'table', element: 'u32', resource: builder.constant(table) },
    ],
    pieces: isNearest ? [] : [ROUNDED],
    code: isNearest ? NEAREST : BILINEAR,
  }
  builder.addFlat(kernel, elementCount(type.shape))
  return { buffer: output, kernel: isNearest ? 'copies of nearest pixels' : 'bilinear' }
}
