/** Ops that only move values. Floats move as words, so all their bits stay. */
import { elementCount } from '@onebit/core'
import type { Buffer } from '../program/buffer.ts'
import { channelsOf, rowsOf, storedShape, type Value, wordsOf } from '../program/value.ts'
import { type Axis, position, stridesOf } from '../shaders/axes.ts'
import { BIT_WINDOW, lastMask } from '../shaders/bit-window.ts'
import { flatMain } from '../shaders/flat.ts'
import { floatLiteral } from '../shaders/literal.ts'
import type { Binding } from '../shaders/write-shader.ts'
import type { Lowered, Lowering, LoweringScope } from './lowering.ts'

const INFINITE = Number.POSITIVE_INFINITY

function words(input: Buffer, output: Buffer): Binding[] {
  return [
    { name: 'input', element: 'u32', resource: input },
    { name: 'output', element: 'u32', resource: output },
  ]
}

/** The axes of `shape`, batch first, with the strides of the same axes in `memory`. */
function axesIn(shape: readonly number[], memory: readonly number[]): Axis[] {
  const strides = stridesOf(memory)
  const axes = shape.map((size, axis) => ({ size, stride: strides[axis] }))
  return [{ size: INFINITE, stride: elementCount(memory) }, ...axes]
}

export const pad: Lowering<'pad'> = ({ attributes }, { builder, inputs: [input], type }) => {
  const output = builder.allocate(type)
  const [height, width, channels] = input.shape
  const [outputHeight, outputWidth] = type.shape
  const [top, , left] = attributes.padding
  // Positions left of the input or above it wrap around to numbers beyond its end.
  const code = flatMain(
    'arrayLength(&output)',
    `
  let x = index / CHANNELS % OUTPUT_WIDTH - LEFT;
  let y = index / (CHANNELS * OUTPUT_WIDTH) % OUTPUT_HEIGHT - TOP;
  let sample = index / (CHANNELS * OUTPUT_WIDTH * OUTPUT_HEIGHT);
  var value = bitcast<u32>(${floatLiteral(attributes.value)});
  if (x < WIDTH && y < HEIGHT) { value = input[((sample * HEIGHT + y) * WIDTH + x) * CHANNELS + index % CHANNELS]; }
  output[index] = value;`,
  )
  const constants = {
    ...{ HEIGHT: height, WIDTH: width, CHANNELS: channels, TOP: top, LEFT: left },
    ...{ OUTPUT_HEIGHT: outputHeight, OUTPUT_WIDTH: outputWidth },
  }
  builder.addFlat({ constants, bindings: words(input.buffer, output), code }, elementCount(type.shape))
  return { buffer: output, kernel: 'pad' }
}

/** Packs bits into rows of another length, bit by bit. */
function repackBits({ builder, inputs: [input], type }: LoweringScope): Lowered {
  const output = builder.allocate(type)
  const [from, to] = [channelsOf(input), channelsOf(type)]
  const code = flatMain(
    'arrayLength(&output)',
    `
  let first = index % TO_WORDS * 32u;
  let start = index / TO_WORDS * TO + first;
  var word = 0u;
  for (var i = 0u; i < min(32u, TO - first); i++) {
    let place = start + i;
    let channel = place % FROM;
    word |= ((input[place / FROM * FROM_WORDS + channel / 32u] >> (channel % 32u)) & 1u) << i;
  }
  output[index] = word;`,
  )
  const constants = { FROM: from, FROM_WORDS: wordsOf(from), TO: to, TO_WORDS: wordsOf(to) }
  builder.addFlat({ constants, bindings: words(input.buffer, output), code }, output.words)
  const reason = 'The last axis changes, and its sizes are not both multiples of 32, so bits are packed anew.'
  return { buffer: output, kernel: 'bits packed anew', reason }
}

export const reshape: Lowering<'reshape'> = (_node, scope) => {
  const { inputs, type } = scope
  const [from, to] = [channelsOf(inputs[0]), channelsOf(type)]
  const sameRows = type.dtype !== 'bit' || from === to || (from % 32 === 0 && to % 32 === 0)
  return sameRows ? { buffer: inputs[0].buffer, kernel: 'none (the same values)' } : repackBits(scope)
}

/** Copies an input into the output, `offset` words from its beginning. */
function place({ builder }: LoweringScope, input: Value, output: Buffer, memory: readonly number[], offset: number): void {
  const shape = storedShape(input)
  const code = flatMain('arrayLength(&input)', `output[${position(axesIn(shape, memory), 'index')} + ${offset}u] = input[index];`)
  builder.addFlat({ bindings: words(input.buffer, output), code }, input.buffer.words)
}

/** Appends an input's bits to those of the inputs before it, which may end inside a word. */
function placeBits({ builder, type }: LoweringScope, input: Value, output: Buffer, offset: number): void {
  const channels = channelsOf(input)
  const first = Math.floor(offset / 32)
  const touched = wordsOf(offset + channels) - first
  const code = flatMain(
    'arrayLength(&input) / WORDS * TOUCHED',
    `
  let row = index / TOUCHED;
  let word = FIRST + index % TOUCHED;
  var bits = bitsAt(row * WORDS, i32(32u * word) - i32(OFFSET));
  if (32u * word < OFFSET) { bits |= output[row * OUTPUT_WORDS + word]; }
  output[row * OUTPUT_WORDS + word] = bits;`,
  )
  const constants = {
    ...{ WORDS: wordsOf(channels), OUTPUT_WORDS: wordsOf(channelsOf(type)) },
    ...{ OFFSET: offset, FIRST: first, TOUCHED: touched },
  }
  const bindings = words(input.buffer, output)
  builder.addFlat({ constants, bindings, pieces: [BIT_WINDOW], code }, rowsOf(type) * touched)
}

const BIT_REASON = 'The last axis may be cut inside words of bits, so words are put together.'

export const concat: Lowering<'concat'> = ({ attributes: { axis } }, scope) => {
  const { builder, inputs, type } = scope
  const output = builder.allocate(type)
  const isLast = axis === type.shape.length - 1
  if (type.dtype === 'bit' && isLast && inputs.slice(0, -1).some((input) => channelsOf(input) % 32 !== 0)) {
    let offset = 0
    for (const input of inputs) {
      placeBits(scope, input, output, offset)
      offset += channelsOf(input)
    }
    return { buffer: output, kernel: 'rows of bits joined', reason: BIT_REASON }
  }
  const memory = storedShape(type)
  const stride = stridesOf(memory)[axis]
  let offset = 0
  for (const input of inputs) {
    place(scope, input, output, memory, offset)
    offset += storedShape(input)[axis] * stride
  }
  return { buffer: output, kernel: 'copies' }
}

/** Cuts rows of bits, also at channels inside a word. */
function sliceBits(begin: readonly number[], { builder, inputs: [input], type }: LoweringScope): Lowered {
  const output = builder.allocate(type)
  const memory = storedShape(input)
  const strides = stridesOf(memory)
  const rows = axesIn(type.shape.slice(0, -1), memory)
  const from = begin.slice(0, -1).reduce((sum, first, axis) => sum + first * strides[axis], 0)
  const code = flatMain(
    'arrayLength(&output)',
    `
  let row = index / OUTPUT_WORDS;
  let word = index % OUTPUT_WORDS;
  let mask = select(0xffffffffu, ${lastMask(channelsOf(type))}, word == OUTPUT_WORDS - 1u);
  output[index] = bitsAt(${position(rows, 'row')} + FROM, i32(BEGIN + 32u * word)) & mask;`,
  )
  const constants = {
    ...{ WORDS: wordsOf(channelsOf(input)), OUTPUT_WORDS: wordsOf(channelsOf(type)) },
    ...{ FROM: from, BEGIN: begin.at(-1)! },
  }
  builder.addFlat({ constants, bindings: words(input.buffer, output), pieces: [BIT_WINDOW], code }, output.words)
  return { buffer: output, kernel: 'rows of bits cut', reason: BIT_REASON }
}

export const slice: Lowering<'slice'> = ({ attributes: { begin } }, scope) => {
  const { builder, inputs, type } = scope
  const [input] = inputs
  const isCut = channelsOf(type) !== channelsOf(input)
  if (type.dtype === 'bit' && isCut) return sliceBits(begin, scope)
  const output = builder.allocate(type)
  const memory = storedShape(input)
  const strides = stridesOf(memory)
  const from = begin.reduce((sum, first, axis) => sum + first * strides[axis], 0)
  const code = flatMain(
    'arrayLength(&output)',
    `output[index] = input[${position(axesIn(storedShape(type), memory), 'index')} + ${from}u];`,
  )
  builder.addFlat({ bindings: words(input.buffer, output), code }, output.words)
  return { buffer: output, kernel: 'copies' }
}

export const constant: Lowering<'constant'> = (_node, { builder, type, tensor }) => {
  const output = builder.allocate(type)
  const value = tensor('value')!.data as Float32Array
  const code = flatMain('arrayLength(&output)', `output[index] = value[index % ${value.length}u];`)
  const bindings = [
    { name: 'output', element: 'f32', resource: output },
    { name: 'value', element: 'f32', resource: builder.constant(value) },
  ]
  builder.addFlat({ bindings, code }, elementCount(type.shape))
  return { buffer: output, kernel: 'copies' }
}
