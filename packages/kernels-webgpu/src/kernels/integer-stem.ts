/**
 * A real convolution of a graph input in integers, if the caller requests it: 7 bits of the input, by the range of each sample,
 * and 8 of the weights. Results equal those of kernels-wasm bit for bit: docs/decisions/0006-stems-in-integers.md.
 */
import { elementCount, type NodeOf } from '@onebit/core'
import { foldFollowers, INT8, quantizeWeights, type RealWeights } from '@onebit/core/compile'
import type { LayerGeometry } from '../geometry/layer-geometry.ts'
import type { Buffer } from '../program/buffer.ts'
import { foldedGrid, GROUP_SIZE } from '../program/grid.ts'
import { channelsOf, type Value } from '../program/value.ts'
import { DIVIDED, ROUNDED } from '../shaders/arithmetic.ts'
import { blocksOf } from '../shaders/blocks.ts'
import { DOT_OF_4 } from '../shaders/dots.ts'
import { flatMain, WORKGROUP } from '../shaders/flat.ts'
import { LARGEST } from '../shaders/largest.ts'
import { ORDER } from '../shaders/order.ts'
import type { Piece } from '../shaders/piece.ts'
import { OWN_PIXEL, SOURCE, windowConstants, windowTable } from '../shaders/window.ts'
import { BLOCK } from '../weights/block-tables.ts'
import { LANES, layOutIntegerBlocks, layOutStemConstants } from '../weights/integer-blocks.ts'
import { type AnyRealLayer, floatTensor, type Lowered, type LoweringScope, type UnitScope } from './lowering.ts'
import type { ProgramBuilder } from './program-builder.ts'

/** Words of a sample's scaling: the step and its inverse as floats, then the least and the greatest integer. */
const SCALING_WORDS = 4

/** `nearestInteger(x, inverse)`: the integer nearest to the product, ties to even; 0 if `x` is not finite. */
const NEAREST: Piece = {
  code: () => /* wgsl */ `
fn nearestInteger(x: f32, inverse: f32) -> i32 {
  let isFinite = (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
  return select(0, i32(round(select(0.0, x, isFinite) * inverse)), isFinite);
}`,
}

/** One workgroup per sample. The range includes zero, and NaN counts as zero. An infinite value makes the step infinite. */
const CHOOSE_SCALING = /* wgsl */ `
@compute @workgroup_size(${GROUP_SIZE})
fn main(@builtin(workgroup_id) workgroup_id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let sample = ${WORKGROUP};
  if (sample >= arrayLength(&scaling) / ${SCALING_WORDS}u) { return; }
  var least = 0;
  var most = 0;
  for (var i = local; i < ELEMENTS; i += ${GROUP_SIZE}u) {
    let bits = input[sample * ELEMENTS + i];
    let key = select(orderKey(bits), 0, isNan(bits));
    least = min(least, key);
    most = max(most, key);
  }
  most = largestOfGroup(local, most);
  least = ~largestOfGroup(local, ~least);
  if (local > 0u) { return; }
  let low = bitcast<f32>(orderKey(bitcast<u32>(least)));
  let high = bitcast<f32>(orderKey(bitcast<u32>(most)));
  let range = bitcast<u32>(divided(high, ${INT8.highestLevel}.0) - divided(low, ${INT8.highestLevel}.0));
  let step = bitcast<f32>(max(range, bitcast<u32>(1e-30)));
  let inverse = divided(1.0, step);
  let zero_level = nearestInteger(-low, inverse);
  let first = sample * ${SCALING_WORDS}u;
  scaling[first] = bitcast<u32>(step);
  scaling[first + 1u] = bitcast<u32>(inverse);
  scaling[first + 2u] = bitcast<u32>(-zero_level);
  scaling[first + 3u] = bitcast<u32>(${INT8.highestLevel} - zero_level);
}`

/** Converts values to levels from 0 up, 4 channels per word. */
const TO_LEVELS = flatMain(
  'arrayLength(&levels)',
  `
  let pixel = index / WORDS;
  let first = index % WORDS * ${LANES}u;
  let scale = pixel / PIXELS * ${SCALING_WORDS}u;
  let inverse = bitcast<f32>(scaling[scale + 1u]);
  let least = bitcast<i32>(scaling[scale + 2u]);
  var word = 0u;
  for (var lane = 0u; lane < min(${LANES}u, CHANNELS - first); lane++) {
    let value = nearestInteger(input[pixel * CHANNELS + first + lane], inverse);
    word |= u32(clamp(value, least, bitcast<i32>(scaling[scale + 3u])) - least) << (8u * lane);
  }
  levels[index] = word;`,
)

/**
 * Outside the input are zeros, which have a level too. Sums may have more than 24 bits, so they become floats in two parts and
 * are rounded once.
 */
const CONVOLVE = flatMain(
  `arrayLength(&scaling) / ${SCALING_WORDS}u * (GRID_HEIGHT * GRID_WIDTH * BLOCKS)`,
  `
  let block = index % BLOCKS;
  let place = placeOf(index / BLOCKS);
  if (!place.exists) { return; }
  let step = bitcast<f32>(scaling[place.sample * ${SCALING_WORDS}u]);
  let least = bitcast<i32>(scaling[place.sample * ${SCALING_WORDS}u + 2u]);
  let outside = u32(-least) * 0x01010101u;
  var sum = vec4<i32>(constants[3u * BLOCKS + block]) * least;
  for (var ky = 0u; ky < WINDOW_HEIGHT; ky++) {
    for (var kx = 0u; kx < WINDOW_WIDTH; kx++) {
      let source = sourceOf(place, ky, kx);
      var weight = (ky * WINDOW_WIDTH + kx) * WORDS * BLOCKS + block;
      for (var i = 0u; i < WORDS; i++) {
        let word = select(outside, input[u32(max(source, 0)) * WORDS + i], source >= 0);
        let four = weights[weight];
        sum += vec4(dotOf4(word, four.x), dotOf4(word, four.y), dotOf4(word, four.z), dotOf4(word, four.w));
        weight += BLOCKS;
      }
    }
  }
  let total = vec4<f32>(sum >> vec4(12u)) * 4096.0 + vec4<f32>(sum & vec4(4095));
  let factor = rounded4(bitcast<vec4<f32>>(constants[block]) * step);
  let value = rounded4(total * factor) + bitcast<vec4<f32>>(constants[BLOCKS + block]);
  let above = select(value, vec4(0.0), value < vec4(0.0));
  let below = select(value, vec4(0.0), vec4(0.0) < value);
  let bent = bitcast<vec4<u32>>(above + rounded4(below * bitcast<vec4<f32>>(constants[2u * BLOCKS + block])));
  storeOutput(place.pixel, block, bitcast<vec4<f32>>(select(bent, vec4(0x7fc00000u), bitcast<u32>(step) >= 0x7f800000u)));`,
)

/** Adds the kernels for the input's levels and the scaling of each sample. */
function lowerLevels(input: Value, builder: ProgramBuilder): { readonly levels: Buffer; readonly scaling: Buffer } {
  const elements = elementCount(input.shape)
  const channels = channelsOf(input)
  const [pixels, words] = [elements / channels, Math.ceil(channels / LANES)]
  const scaling: Buffer = { kind: 'buffer', words: SCALING_WORDS }
  const levels: Buffer = { kind: 'buffer', words: pixels * words }
  const ofScaling = { name: 'scaling', element: 'u32', resource: scaling }
  builder.add(
    {
      constants: { ELEMENTS: elements },
      bindings: [{ name: 'input', element: 'u32', resource: input.buffer }, ofScaling],
      pieces: [ORDER, DIVIDED, NEAREST, LARGEST],
      code: CHOOSE_SCALING,
    },
    (batch) => foldedGrid(batch),
  )
  const kernel = {
    constants: { CHANNELS: channels, WORDS: words, PIXELS: pixels },
    bindings: [
      { name: 'input', element: 'f32', resource: input.buffer },
      { name: 'levels', element: 'u32', resource: levels },
      ofScaling,
    ],
    pieces: [NEAREST],
    code: TO_LEVELS,
  }
  builder.addFlat(kernel, levels.words)
  return { levels, scaling }
}

/** The tables of the convolution's followers. They are merged into its constants. */
function followersOf({ affine, activation }: AnyRealLayer, unit: UnitScope): Parameters<typeof foldFollowers>[1] {
  const table = (node: typeof affine | typeof activation, role: string): Float32Array =>
    floatTensor(node!, unit.scopeOf(node!), role)
  return {
    ...(affine && { scale: table(affine, 'scale'), shift: table(affine, 'shift') }),
    ...(activation?.op === 'prelu' && { slope: table(activation, 'slope') }),
    relu: activation?.op === 'activation',
  }
}

export function lowerIntegerStem(
  layer: AnyRealLayer,
  unit: UnitScope,
  { weights, layerPlace }: { readonly weights: RealWeights; readonly layerPlace: LayerGeometry },
): Lowered {
  const { builder } = unit
  const scope: LoweringScope = unit.scopeOf(layer.convolution)
  const [input] = scope.inputs
  const { levels, scaling } = lowerLevels(input, builder)
  const integers = quantizeWeights(weights, INT8)
  const bias = scope.tensor('bias')
  const folded = foldFollowers(integers, { ...followersOf(layer, unit), bias: bias?.data as Float32Array | undefined })
  const buffer = builder.allocate(scope.type)
  const output = blocksOf('output', buffer, weights.outputs)
  const [pass] = layerPlace.passes
  const blocks = Math.ceil(weights.outputs / BLOCK)
  const kernel = {
    constants: {
      ...windowConstants(layerPlace, pass),
      ...{ WORDS: Math.ceil(weights.channels / LANES), BLOCKS: blocks, INPUT_ELEMENTS: levels.words },
    },
    bindings: [
      { name: 'input', element: 'u32', resource: levels },
      output.binding,
      { name: 'scaling', element: 'u32', resource: scaling },
      { name: 'weights', element: 'vec4<u32>', resource: builder.constant(layOutIntegerBlocks(integers, weights.channels)) },
      { name: 'constants', element: 'vec4<u32>', resource: builder.constant(layOutStemConstants(integers, folded)) },
      ...(layerPlace.isPointwise ? [] : [{ name: 'geometry', element: 'i32', resource: builder.constant(windowTable(pass)) }]),
    ],
    pieces: [layerPlace.isPointwise ? OWN_PIXEL : SOURCE, ROUNDED, DOT_OF_4, output.store],
    code: CONVOLVE,
  }
  builder.addFlat(kernel, pass.grid[0] * pass.grid[1] * blocks)
  return { buffer, kernel: 'int8 sums of 4 outputs' }
}

export function isConvolution(node: AnyRealLayer['convolution']): node is NodeOf<'conv2d'> {
  return node.op === 'conv2d'
}
