/**
 * Depthwise layers: the bits of a word are 32 channels, each with its own counter. The binary digits of the counters are in words
 * too: plane 0 holds the ones, plane 1 the twos. So a few logical operations add a tap to all 32 counters. They are half adders
 * that pass their carry to the next plane.
 */
import { layOutDepthwise } from '../weights/bit-layouts.ts'
import { type Counting, unrolled } from './counting.ts'

/** The tile has 32 outputs, which are whole words, and one pixel. */
function countCode(planes: number): string {
  const digit = (plane: number): string => `(((vec4(plane${plane}) >> lanes) & vec4(1u)) << vec4(${plane}u))`
  return `
  let word = min(block / 8u, ROW_WORDS - 1u);
  ${unrolled(planes, (plane) => `var plane${plane} = 0u;`)}
  for (var ky = 0u; ky < WINDOW_HEIGHT; ky++) {
    for (var kx = 0u; kx < WINDOW_WIDTH; kx++) {
      let source = sourceOf(place0, ky, kx);
      let bits = select(0u, input[u32(max(source, 0)) * ROW_WORDS + word], source >= 0);
      let carry0 = bits ^ weights[(ky * WINDOW_WIDTH + kx) * ROW_WORDS + word];
      ${unrolled(planes, (plane) => `let carry${plane + 1} = plane${plane} & carry${plane}; plane${plane} ^= carry${plane};`, '      ')}
    }
  }
  var counts0: array<vec4<u32>, 8>;
  for (var i = 0u; i < 8u; i++) {
    let lanes = vec4(0u, 1u, 2u, 3u) + 4u * i;
    counts0[i] = ${Array.from({ length: planes }, (_, plane) => digit(plane)).join(' + ')};
  }`
}

export const countDepthwise: Counting = {
  name: 'bit-sliced counters',
  lower(weights) {
    const planes = Math.max(1, Math.ceil(Math.log2(weights.taps + 1)))
    return { constants: {}, weights: layOutDepthwise(weights), element: 'u32', count: countCode(planes) }
  },
}
