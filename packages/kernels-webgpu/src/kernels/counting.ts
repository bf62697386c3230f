/** Ways to count the bits that differ, and the entry point of the kernels of binary layers. */
import type { BitWeights } from '@onebit/core/compile'
import { GROUP_SIZE } from '../program/grid.ts'
import { WORKGROUP } from '../shaders/flat.ts'
import { pixelLanes, type Tile } from './tile.ts'

/** The parts of a layer's kernel that depend on the way of counting. */
export interface Counted {
  readonly constants: Readonly<Record<string, number>>
  readonly weights: Uint32Array
  /** WGSL type of an element of the weights. */
  readonly element: string
  /** Functions that `count` calls. */
  readonly functions?: string
  /**
   * WGSL that declares `countsP` for each pixel P of the invocation: the counts of its outputs by blocks, an `array<vec4<u32>>`.
   * It may read `placeP` and `block`, the number of the first block.
   */
  readonly count: string
}

export interface Counting {
  /** Name for explanations. */
  readonly name: string
  lower(weights: BitWeights, groups: number, tile: Tile): Counted
}

/** Repeats WGSL for every number below `count`. */
export function unrolled(count: number, line: (index: number) => string, indent = '  '): string {
  return Array.from({ length: count }, (_, index) => line(index)).join(`\n${indent}`)
}

/** WGSL from the counts of one pixel's outputs to their bits. It is a loop, because the code of `finish` may be long. */
function finishPixel(blocks: number, pixel: number): string {
  const place = `place${pixel}`
  return `var bits${pixel} = 0u;
  if (${place}.exists && block < OUTPUT_BLOCKS) {
    let base = baseOf(${place}) + block;
    for (var i = 0u; i < min(${blocks}u, OUTPUT_BLOCKS - block); i++) {
      bits${pixel} |= finish(${place}.pixel, ${place}.sample, block + i, constants[base + i] - 2 * vec4<i32>(counts${pixel}[i])) << (4u * i);
    }
  }`
}

/** WGSL that joins the bits of several invocations to words. */
function gatherWords({ outputs, lanes, pixels }: Tile): string {
  const words = (outputs * lanes) / 32
  const at = (pixel: number): string =>
    `shared_words[(${pixel}u * ${words}u + lane * ${outputs}u / 32u) * ${GROUP_SIZE / lanes}u + pixel_lane]`
  return `
  ${unrolled(pixels, (pixel) => `atomicOr(&${at(pixel)}, bits${pixel} << (lane * ${outputs}u % 32u));`)}
  workgroupBarrier();
  if (lane * ${outputs}u % 32u == 0u && block < OUTPUT_BLOCKS) {
    ${unrolled(pixels, (pixel) => `if (place${pixel}.exists) { storeWord(place${pixel}.pixel, block / 8u, atomicLoad(&${at(pixel)})); }`, '    ')}
  }`
}

function storeOwnWords({ pixels }: Tile): string {
  return unrolled(pixels, (pixel) => `if (place${pixel}.exists) { storeWord(place${pixel}.pixel, block / 8u, bits${pixel}); }`)
}

/** @param packs True if the layer writes bits. */
export function countingCode({ functions = '', count }: Counted, tile: Tile, packs: boolean): string {
  const { outputs, lanes, pixels } = tile
  const blocks = outputs / 4
  const alone = pixelLanes(tile)
  const shares = packs && outputs < 32
  const store = packs ? (shares ? gatherWords(tile) : storeOwnWords(tile)) : ''
  const memory = `var<workgroup> shared_words: array<atomic<u32>, ${(pixels * alone * outputs * lanes) / 32}>;`
  return `${functions}
${shares ? memory : ''}
@compute @workgroup_size(${GROUP_SIZE})
fn main(@builtin(workgroup_id) workgroup_id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let lane = local / ${alone}u;
  let pixel_lane = local % ${alone}u;
  let block = (workgroup_id.z * ${lanes}u + lane) * ${blocks}u;
  let position = ${WORKGROUP} * ${alone * pixels}u + pixel_lane;
  ${unrolled(pixels, (pixel) => `let place${pixel} = placeOf(position + ${alone * pixel}u);`)}
  ${count.trim()}
  ${unrolled(pixels, (pixel) => finishPixel(blocks, pixel))}
  ${store.trim()}
}`
}
