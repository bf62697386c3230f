/** Ops on each number by itself. */
import { elementCount, type NodeOf } from '@onebit/core'
import { expandToChannels } from '@onebit/core/compile'
import { channelsOf, rowsOf, wordsOf } from '../program/value.ts'
import { ROUNDED } from '../shaders/arithmetic.ts'
import { activationPiece } from '../shaders/elementary-functions.ts'
import { flatMain } from '../shaders/flat.ts'
import { floatLiteral } from '../shaders/literal.ts'
import { ORDER } from '../shaders/order.ts'
import type { Piece } from '../shaders/piece.ts'
import type { Binding } from '../shaders/write-shader.ts'
import { floatTensor, type Lowered, type Lowering, type LoweringScope } from './lowering.ts'

interface Formula {
  /** WGSL of the result, from the number `x` and its `channel`. */
  readonly result: string
  readonly pieces?: readonly Piece[]
  /** Numbers per channel. */
  readonly tables?: Readonly<Record<string, Float32Array>>
}

/** Adds a kernel that computes a formula for each number. */
function lowerMap({ builder, inputs: [input], type }: LoweringScope, kernel: string, formula: Formula): Lowered {
  const { result, pieces, tables = {} } = formula
  const output = builder.allocate(type)
  const channels = channelsOf(type)
  const ofChannels = Object.entries(tables).map(
    ([name, values]): Binding => ({ name, element: 'f32', resource: builder.constant(expandToChannels(values, channels)) }),
  )
  const element = input.dtype === 'int32' ? 'i32' : 'f32'
  const code = flatMain(
    'arrayLength(&output)',
    `${ofChannels.length > 0 ? `let channel = index % ${channels}u;\n  ` : ''}let x = f32(input[index]);\n  output[index] = ${result};`,
  )
  const bindings = [
    { name: 'input', element, resource: input.buffer },
    { name: 'output', element: 'f32', resource: output },
    ...ofChannels,
  ]
  builder.addFlat({ bindings, pieces, code }, elementCount(type.shape))
  return { buffer: output, kernel }
}

export const affine: Lowering<'affine'> = (node, scope) =>
  lowerMap(scope, 'scale and shift', {
    result: 'rounded(x * scale[channel]) + shift[channel]',
    pieces: [ROUNDED],
    tables: { scale: floatTensor(node, scope, 'scale'), shift: floatTensor(node, scope, 'shift') },
  })

export const prelu: Lowering<'prelu'> = (node, scope) =>
  lowerMap(scope, 'PReLU', {
    result: 'select(x * slope[channel], x, x >= 0.0)',
    tables: { slope: floatTensor(node, scope, 'slope') },
  })

/** RPReLU: a PReLU with shifts before and after it. */
export function lowerRectifier(
  tables: { readonly before?: Float32Array; readonly slope: Float32Array; readonly after?: Float32Array },
  scope: LoweringScope,
): Lowered {
  const { before, slope, after } = tables
  const moved = before ? '(x + before[channel])' : 'x'
  const bent = `select(rounded(${moved} * slope[channel]), ${moved}, ${moved} >= 0.0)`
  return lowerMap(scope, 'RPReLU', {
    result: after ? `${bent} + after[channel]` : bent,
    pieces: [ROUNDED],
    tables: { ...(before && { before }), slope, ...(after && { after }) },
  })
}

export const activation: Lowering<'activation'> = ({ attributes }, scope) =>
  lowerMap(scope, attributes.function, { result: 'activation(x)', pieces: [activationPiece(attributes.function)] })

export const clip: Lowering<'clip'> = ({ attributes: { minimum, maximum } }, scope) =>
  lowerMap(scope, 'clip', {
    result: `limited(x, ${floatLiteral(minimum)}, ${floatLiteral(maximum)})`,
    pieces: [ORDER],
  })

/** Converts bits to -1 and +1. */
function signsToFloats({ builder, inputs: [input], type }: LoweringScope): Lowered {
  const output = builder.allocate(type)
  const channels = channelsOf(type)
  const code = flatMain(
    'arrayLength(&output)',
    `let channel = index % CHANNELS;
  let word = bits[index / CHANNELS * WORDS + channel / 32u];
  output[index] = select(-1.0, 1.0, ((word >> (channel % 32u)) & 1u) == 1u);`,
  )
  const bindings = [
    { name: 'bits', element: 'u32', resource: input.buffer },
    { name: 'output', element: 'f32', resource: output },
  ]
  const constants = { CHANNELS: channels, WORDS: wordsOf(channels) }
  builder.addFlat({ constants, bindings, code }, rowsOf(type) * channels)
  return { buffer: output, kernel: 'bits to floats' }
}

export const toFloat: Lowering<'toFloat'> = (_node: NodeOf<'toFloat'>, scope) => {
  const [input] = scope.inputs
  if (input.dtype === 'float32') return { buffer: input.buffer, kernel: 'none (the same values)' }
  return input.dtype === 'bit' ? signsToFloats(scope) : lowerMap(scope, 'integers to floats', { result: 'x' })
}
