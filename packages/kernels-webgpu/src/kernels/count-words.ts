/** Popcount of words, for 4 outputs at a time. The whole tile uses each word that is read. */
import { wordsOf } from '../program/value.ts'
import { layOutOutputs } from '../weights/bit-layouts.ts'
import { type Counting, unrolled } from './counting.ts'
import { type Tile, tileOutputs } from './tile.ts'

/** Words outside the input are 0. */
function countCode({ outputs, pixels }: Tile): string {
  const blocks = outputs / 4
  const each = (line: (pixel: number, block: number) => string, indent?: string): string =>
    unrolled(pixels, (pixel) => unrolled(blocks, (block) => line(pixel, block), indent), indent)
  const counts = (pixel: number): string => Array.from({ length: blocks }, (_, block) => `count${pixel}_${block}`).join(', ')
  return `
  ${each((pixel, block) => `var count${pixel}_${block} = vec4(0u);`)}
  let first = 4u * block / GROUP_OUTPUTS * GROUP_WORDS;
  for (var ky = 0u; ky < WINDOW_HEIGHT; ky++) {
    for (var kx = 0u; kx < WINDOW_WIDTH; kx++) {
      ${unrolled(pixels, (pixel) => `let source${pixel} = sourceOf(place${pixel}, ky, kx);`, '      ')}
      ${unrolled(pixels, (pixel) => `let start${pixel} = u32(max(source${pixel}, 0)) * ROW_WORDS + first;`, '      ')}
      var weight = (ky * WINDOW_WIDTH + kx) * GROUP_WORDS * WEIGHT_BLOCKS + block;
      for (var i = 0u; i < GROUP_WORDS; i++) {
        ${unrolled(pixels, (pixel) => `let bits${pixel} = vec4(select(0u, input[start${pixel} + i], source${pixel} >= 0));`, '        ')}
        ${unrolled(blocks, (block) => `let weights${block} = weights[weight + ${block}u];`, '        ')}
        ${each((pixel, block) => `count${pixel}_${block} += countOneBits(bits${pixel} ^ weights${block});`, '        ')}
        weight += WEIGHT_BLOCKS;
      }
    }
  }
  ${unrolled(pixels, (pixel) => `var counts${pixel} = array(${counts(pixel)});`)}`
}

export const countWords: Counting = {
  name: 'popcount of words',
  lower(weights, groups, tile) {
    const { outputs, channels } = weights
    const padded = Math.ceil(outputs / tileOutputs(tile)) * tileOutputs(tile)
    return {
      constants: { GROUP_WORDS: wordsOf(channels), GROUP_OUTPUTS: outputs / groups, WEIGHT_BLOCKS: padded / 4 },
      weights: layOutOutputs(weights, padded),
      element: 'vec4<u32>',
      count: countCode(tile),
    }
  },
}
