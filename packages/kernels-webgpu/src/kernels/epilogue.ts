/**
 * Followers of the sums of a binary layer, computed while the sums are in registers: scale and shift, gate, PReLU or RPReLU,
 * shortcut, and the thresholds that pack the result. One call finishes 4 neighboring channels of a pixel.
 */
import type { AnyNode } from '@onebit/core'
import type { BinaryLayer, Rectifier } from '@onebit/core/compile'
import type { Buffer } from '../program/buffer.ts'
import { channelsOf, wordsOf } from '../program/value.ts'
import { ROUNDED } from '../shaders/arithmetic.ts'
import { type Blocks, blocksOf } from '../shaders/blocks.ts'
import { ORDER } from '../shaders/order.ts'
import type { Piece } from '../shaders/piece.ts'
import type { Binding } from '../shaders/write-shader.ts'
import { BLOCK, type BlockTables } from '../weights/block-tables.ts'
import { floatTensor, type UnitScope } from './lowering.ts'
import { tableOf } from './threshold.ts'

/** A binary layer, or only its sums. */
export type AnyBinaryLayer = Pick<BinaryLayer, 'convolution'> & Partial<BinaryLayer>

/**
 * WGSL that a layer's kernels call. `finish(pixel, sample, block, sum)` returns the bits of 4 channels, the first lowest. If
 * there are thresholds, `storeWord(pixel, word, bits)` stores the bits of 32 channels.
 */
export interface Epilogue {
  readonly bindings: readonly Binding[]
  readonly pieces: readonly Piece[]
  /** The layer's values by name: the result, if it is kept, and the packed bits. */
  readonly values: ReadonlyMap<string, Buffer>
}

/** Lines of `finish`, with their bindings and pieces. */
interface Lines {
  readonly lines: string[]
  readonly bindings: Binding[]
  readonly pieces: Piece[]
}

function use({ bindings, pieces }: Lines, { binding, load, store }: Blocks, access: 'load' | 'store'): void {
  bindings.push(binding)
  pieces.push(access === 'load' ? load : store)
}

/** WGSL of the floats of `block` in a table. */
function floats(first: number): string {
  return `bitcast<vec4<f32>>(constants[${first}u + block])`
}

function addRectifier({ lines }: Lines, { before, prelu, after }: Rectifier, tables: BlockTables, unit: UnitScope): void {
  const table = (node: AnyNode, role: string): string => floats(tables.addFloats(floatTensor(node, unit.scopeOf(node), role)))
  if (before) lines.push(`value += ${table(before, 'shift')};`)
  lines.push(`value = select(rounded4(value * ${table(prelu, 'slope')}), value, value >= vec4(0.0));`)
  if (after) lines.push(`value += ${table(after, 'shift')};`)
}

/** Adds the lines from the sums to the layer's result, a float. */
function addFollowers(to: Lines, layer: AnyBinaryLayer, tables: BlockTables, unit: UnitScope): void {
  const { affine, gate, rectifier, shortcut, addFirst } = layer
  const { lines } = to
  const channels = channelsOf(unit.type(layer.convolution.name))
  const scope = unit.scopeOf(affine!)
  const [scale, shift] = ['scale', 'shift'].map((role) => floats(tables.addFloats(floatTensor(affine!, scope, role))))
  lines.push(`var value = rounded4(vec4<f32>(sum) * ${scale}) + ${shift};`)
  if (gate !== undefined) {
    // A shortcut of one pixel may also be the gate, and a value may not be bound twice.
    const isShortcut = shortcut !== undefined && unit.value(gate).buffer === unit.value(shortcut).buffer
    if (!isShortcut) use(to, blocksOf('gate', unit.value(gate).buffer, channels), 'load')
    lines.push(`value = rounded4(value * load${isShortcut ? 'Shortcut' : 'Gate'}(sample, block));`)
  }
  const rectify = (): void => rectifier && addRectifier(to, rectifier, tables, unit)
  if (!addFirst) rectify()
  if (shortcut !== undefined) {
    use(to, blocksOf('shortcut', unit.value(shortcut).buffer, channels), 'load')
    lines.push('value += loadShortcut(pixel, block);')
  }
  if (addFirst) rectify()
}

/** Adds the comparisons of the result, or of the sums if there is no float. Returns WGSL of the bits. */
function addThresholds(to: Lines, layer: AnyBinaryLayer, tables: BlockTables, unit: UnitScope): string {
  const { threshold, affine } = layer
  if (!threshold) return '0u'
  const { steps, bounds, first } = tableOf(threshold, unit.scopeOf(threshold), !affine, BLOCK)
  const words = wordsOf(channelsOf(unit.type(threshold.name)))
  const [firstBound, firstSign] = [tables.addWords(bounds), tables.addWords(first)]
  const keys = ['x', 'y', 'z', 'w'].map((lane) => `thresholdKey(bitcast<u32>(value.${lane}))`)
  to.lines.push(`let keys = ${affine ? `vec4(${keys.join(', ')})` : 'sum'};`, 'var passed = vec4<bool>(false);')
  for (let step = 0; step < steps; step++) {
    to.lines.push(`passed = passed != (keys >= constants[${firstBound + step * tables.blocks}u + block]);`)
  }
  to.pieces.push({
    code: () => `fn storeWord(pixel: u32, word: u32, bits: u32) {
  let first = constants[${firstSign}u + word / 4u];
  packed[pixel * ${words}u + word] = bits ^ bitcast<u32>(first[word % 4u]);
}`,
  })
  return 'dot(vec4<u32>(passed), vec4(1u, 2u, 4u, 8u))'
}

/**
 * @param tables Receives the constants that the kernels read.
 * @param known The layer's buffers, if an earlier pass has allocated them.
 */
export function writeEpilogue(
  layer: AnyBinaryLayer,
  tables: BlockTables,
  unit: UnitScope,
  known: ReadonlyMap<string, Buffer> = new Map(),
): Epilogue {
  const { convolution, affine, threshold } = layer
  const to: Lines = { lines: [], bindings: [], pieces: [ORDER, ROUNDED] }
  const result = layer.result ?? convolution.name
  const type = unit.type(result)
  const values = new Map<string, Buffer>()
  if (affine) addFollowers(to, layer, tables, unit)
  if (layer.keepsResult ?? true) {
    const buffer = known.get(result) ?? unit.builder.allocate(type)
    values.set(result, buffer)
    use(to, blocksOf('result', buffer, channelsOf(type), affine ? 'f32' : 'i32'), 'store')
    to.lines.push(`storeResult(pixel, block, ${affine ? 'value' : 'sum'});`)
  }
  const bits = addThresholds(to, layer, tables, unit)
  if (threshold) {
    const buffer = known.get(threshold.name) ?? unit.builder.allocate(unit.type(threshold.name))
    values.set(threshold.name, buffer)
    to.bindings.push({ name: 'packed', element: 'u32', resource: buffer })
  }
  to.pieces.push({
    code: () => `fn finish(pixel: u32, sample: u32, block: u32, sum: vec4<i32>) -> u32 {
  ${[...to.lines, `return ${bits};`].join('\n  ')}
}`,
  })
  return { bindings: to.bindings, pieces: to.pieces, values }
}
