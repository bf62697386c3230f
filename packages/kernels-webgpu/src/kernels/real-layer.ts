/**
 * Real convolutions and dense layers, with scale and shift, PReLU or ReLU. One invocation sums 4 neighboring outputs of a pixel,
 * tap by tap and channel by channel. Each product is rounded before it is added.
 */
import {
  expandToChannels,
  integerObstacle,
  isDepthwise,
  padGroups,
  pickRealTaps,
  type RealWeights,
  realWeights,
} from '@onebit/core/compile'
import { type LayerGeometry, layerGeometry } from '../geometry/layer-geometry.ts'
import type { Buffer } from '../program/buffer.ts'
import { channelsOf, valueWords } from '../program/value.ts'
import { NOTHING, ROUNDED } from '../shaders/arithmetic.ts'
import { blocksOf } from '../shaders/blocks.ts'
import { flatMain } from '../shaders/flat.ts'
import { ORDER } from '../shaders/order.ts'
import type { Piece } from '../shaders/piece.ts'
import { type Weights, weightsAsFloat16, weightsAsFloat32 } from '../shaders/weights.ts'
import { OWN_PIXEL, SOURCE, windowConstants, windowTable } from '../shaders/window.ts'
import type { Binding } from '../shaders/write-shader.ts'
import { BLOCK } from '../weights/block-tables.ts'
import { packFloat16 } from '../weights/float16.ts'
import { layOutRealBlocks } from '../weights/real-blocks.ts'
import { isConvolution, lowerIntegerStem } from './integer-stem.ts'
import { type AnyRealLayer, floatTensor, type Lowered, requireTensor, type UnitScope } from './lowering.ts'

/** Tables of one entry per output, and the WGSL that applies them to `value`. */
interface Followers {
  readonly tables: readonly Float32Array[]
  readonly lines: readonly string[]
}

function followersOf({ convolution, affine, activation }: AnyRealLayer, unit: UnitScope, tableBlocks: number): Followers {
  const tables: Float32Array[] = []
  const lines: string[] = []
  const table = (values: Float32Array): string => `constants[${(tables.push(values) - 1) * tableBlocks}u + block]`
  const bias = unit.scopeOf(convolution).tensor('bias')
  if (bias) lines.push(`value += ${table(bias.data as Float32Array)};`)
  if (affine) {
    const [scale, shift] = ['scale', 'shift'].map((role) => table(floatTensor(affine, unit.scopeOf(affine), role)))
    lines.push(`value = rounded4(value * ${scale}) + ${shift};`)
  }
  if (activation?.op === 'prelu') {
    const slope = table(floatTensor(activation, unit.scopeOf(activation), 'slope'))
    lines.push(`value = select(value * ${slope}, value, value >= vec4(0.0));`)
  } else if (activation) {
    lines.push('value = vec4(atLeastZero(value.x), atLeastZero(value.y), atLeastZero(value.z), atLeastZero(value.w));')
  }
  return { tables, lines }
}

/** `storeGroup(pixel, group, block, value)`: stores 4 outputs of a group. */
function storeGroup(outputs: number, groupOutputs: number): { readonly element: string; readonly piece: Piece } {
  if (groupOutputs % BLOCK === 0) {
    const place = `output[pixel * ${outputs / BLOCK}u + group * ${groupOutputs / BLOCK}u + block]`
    return {
      element: 'vec4<f32>',
      piece: { code: () => `fn storeGroup(pixel: u32, group: u32, block: u32, value: vec4<f32>) { ${place} = value; }` },
    }
  }
  const lanes = [0, 1, 2, 3].map(
    (lane) => `if (channel + ${lane}u < ${groupOutputs}u) { output[start + ${lane}u] = value[${lane}]; }`,
  )
  const code = `fn storeGroup(pixel: u32, group: u32, block: u32, value: vec4<f32>) {
  let channel = 4u * block;
  let start = pixel * ${outputs}u + group * ${groupOutputs}u + channel;
  ${lanes.join('\n  ')}
}`
  return { element: 'f32', piece: { code: () => code } }
}

/** Sums all channels of a group, one after the other. */
const SUM_CHANNELS = `
      let start = u32(source) * INPUT_CHANNELS + group * GROUP_CHANNELS;
      var weight = (ky * WINDOW_WIDTH + kx) * GROUP_CHANNELS * ALL_BLOCKS + block;
      for (var channel = 0u; channel < GROUP_CHANNELS; channel++) {
        value += rounded4(input[start + channel] * weightsAt(weight));
        weight += ALL_BLOCKS;
      }`

/** Sums 4 channels of a depthwise layer at once. */
const SUM_DEPTHWISE = `
      value += rounded4(loadInput(u32(source), block) * weightsAt((ky * WINDOW_WIDTH + kx) * ALL_BLOCKS + block));`

/** `block` counts the blocks of all groups. */
function sumMain(sum: string, lines: readonly string[], store: string): string {
  return flatMain(
    'arrayLength(&input) / INPUT_ELEMENTS * (GRID_HEIGHT * GRID_WIDTH * ALL_BLOCKS)',
    `
  let block = index % ALL_BLOCKS;
  let place = placeOf(index / ALL_BLOCKS);
  if (!place.exists) { return; }
  let group = block / GROUP_BLOCKS;
  var value = vec4(nothing());
  for (var ky = 0u; ky < WINDOW_HEIGHT; ky++) {
    for (var kx = 0u; kx < WINDOW_WIDTH; kx++) {
      let source = sourceOf(place, ky, kx);
      if (source < 0) { continue; }
      ${sum.trim()}
    }
  }
  ${[...lines, store].join('\n  ')}`,
  )
}

interface Parts {
  readonly layer: AnyRealLayer
  readonly unit: UnitScope
  readonly weights: RealWeights
  readonly layerPlace: LayerGeometry
}

/** The differences between layers that sum over channels and depthwise ones. */
interface Form {
  readonly input: Binding
  readonly output: Binding
  readonly pieces: readonly Piece[]
  readonly sum: string
  readonly store: string
  /** Number of groups of outputs. Each group has blocks of its own. */
  readonly groups: number
  readonly inputElements: number
}

function formOf({ unit, layer, weights, layerPlace }: Parts, output: Buffer, depthwise: boolean): Form {
  const [input] = unit.scopeOf(layer.convolution).inputs
  const { outputs } = weights
  if (depthwise) {
    const [from, to] = [blocksOf('input', input.buffer, outputs), blocksOf('output', output, outputs)]
    return {
      ...{ input: from.binding, output: to.binding, pieces: [from.load, to.store], groups: 1 },
      ...{ sum: SUM_DEPTHWISE, store: 'storeOutput(place.pixel, block, value);' },
      inputElements: valueWords(input) / (from.binding.element === 'f32' ? 1 : BLOCK),
    }
  }
  const { element, piece } = storeGroup(outputs, outputs / layerPlace.groups)
  return {
    input: { name: 'input', element: 'f32', resource: input.buffer },
    output: { name: 'output', element, resource: output },
    ...{ pieces: [piece], groups: layerPlace.groups },
    ...{ sum: SUM_CHANNELS, store: 'storeGroup(place.pixel, group, block % GROUP_BLOCKS, value);' },
    inputElements: valueWords(input),
  }
}

/** Stores weights in the caller's format, or as float32 if some are beyond float16. */
function storeWeights(values: Float32Array, { builder, variants }: UnitScope): Weights & Pick<Lowered, 'reason'> {
  if (variants.weights === 'float32') return weightsAsFloat32(builder.constant(values))
  const words = packFloat16(values)
  if (words) return weightsAsFloat16(builder.constant(words), builder.arithmetic)
  return { ...weightsAsFloat32(builder.constant(values)), reason: 'Its weights stay float32: some are beyond float16.' }
}

/** The reason for float32 in a convolution, if the caller wants integers and it cannot have them. */
function stemObstacle(layer: AnyRealLayer, { variants, isInput }: UnitScope, weights: RealWeights): string | undefined {
  const { convolution } = layer
  if (variants.stem === 'float32' || !isConvolution(convolution)) return undefined
  return integerObstacle(convolution, weights, isInput(convolution.inputs[0]))
}

export function lowerRealLayer(layer: AnyRealLayer, unit: UnitScope): Lowered {
  const { builder } = unit
  const { convolution } = layer
  const scope = unit.scopeOf(convolution)
  const [input] = scope.inputs
  const tensor = requireTensor(convolution, scope, 'weights')
  const whole = realWeights(tensor)
  const layerPlace = layerGeometry(convolution, tensor, input.shape, scope.type.shape)
  const obstacle = stemObstacle(layer, unit, whole)
  if (unit.variants.stem === 'int8' && isConvolution(convolution) && !obstacle) {
    return lowerIntegerStem(layer, unit, { weights: whole, layerPlace })
  }
  const reasons = new Set(obstacle && [obstacle])
  const output = builder.allocate(scope.type)
  const depthwise = isDepthwise(tensor, layerPlace.groups)
  const form = formOf({ layer, unit, weights: whole, layerPlace }, output, depthwise)
  const groupBlocks = Math.ceil(whole.outputs / form.groups / BLOCK)
  const allBlocks = form.groups * groupBlocks
  const { tables, lines } = followersOf(layer, unit, allBlocks)
  const constants = new Float32Array(Math.max(1, tables.length) * allBlocks * BLOCK)
  tables.forEach((table, index) => {
    constants.set(padGroups(expandToChannels(table, whole.outputs), form.groups, BLOCK), index * allBlocks * BLOCK)
  })
  const ofConstants = builder.constant(constants)
  for (const pass of layerPlace.passes) {
    const weights = pass.taps.length === whole.taps ? whole : pickRealTaps(whole, pass.taps)
    const stored = storeWeights(layOutRealBlocks(weights, form.groups), unit)
    if (stored.reason) reasons.add(stored.reason)
    const kernel = {
      constants: {
        ...windowConstants(layerPlace, pass),
        ...{ INPUT_CHANNELS: channelsOf(input), GROUP_CHANNELS: whole.channels, INPUT_ELEMENTS: form.inputElements },
        ...{ GROUP_BLOCKS: groupBlocks, ALL_BLOCKS: allBlocks },
      },
      bindings: [
        form.input,
        form.output,
        stored.binding,
        { name: 'constants', element: 'vec4<f32>', resource: ofConstants },
        ...(layerPlace.isPointwise ? [] : [{ name: 'geometry', element: 'i32', resource: builder.constant(windowTable(pass)) }]),
      ],
      pieces: [layerPlace.isPointwise ? OWN_PIXEL : SOURCE, NOTHING, ROUNDED, ORDER, stored.load, ...form.pieces],
      code: sumMain(form.sum, lines, form.store),
    }
    builder.addFlat(kernel, pass.grid[0] * pass.grid[1] * allBlocks)
  }
  const kernel = depthwise ? 'depthwise sums' : 'sums of 4 outputs'
  return { buffer: output, kernel, ...(reasons.size > 0 && { reason: [...reasons].join(' ') }) }
}
