/** Popcount of groups that begin inside words or share words: a mask keeps the group's channels, one output at a time. */
import { groupSpan, layOutGroups } from '../weights/bit-layouts.ts'
import { type Counting, unrolled } from './counting.ts'

const DIFFERING = `
/** The bits of an output's group that differ from its weights. */
fn differing(place: Place, output: u32) -> u32 {
  if (output >= OUTPUTS) { return 0u; }
  let group = output / GROUP_OUTPUTS;
  let first = group * GROUP_CHANNELS / 32u;
  let span = min(SPAN, ROW_WORDS - first);
  var count = 0u;
  for (var ky = 0u; ky < WINDOW_HEIGHT; ky++) {
    for (var kx = 0u; kx < WINDOW_WIDTH; kx++) {
      let source = sourceOf(place, ky, kx);
      let start = u32(max(source, 0)) * ROW_WORDS + first;
      let weight = ((output * WINDOW_HEIGHT + ky) * WINDOW_WIDTH + kx) * SPAN;
      for (var i = 0u; i < span; i++) {
        let bits = select(0u, input[start + i], source >= 0);
        count += countOneBits((bits ^ weights[weight + i]) & weights[MASKS + group * SPAN + i]);
      }
    }
  }
  return count;
}`

export const countGroups: Counting = {
  name: 'popcount of masked words',
  lower(weights, groups, tile) {
    const { outputs, channels, taps } = weights
    const span = groupSpan(channels, groups)
    const blocks = tile.outputs / 4
    const count = (pixel: number): string => `
  var counts${pixel}: array<vec4<u32>, ${blocks}>;
  for (var i = 0u; i < ${4 * blocks}u; i++) { counts${pixel}[i / 4u][i % 4u] = differing(place${pixel}, 4u * block + i); }`
    return {
      constants: { GROUP_CHANNELS: channels, GROUP_OUTPUTS: outputs / groups, SPAN: span, MASKS: outputs * taps * span },
      weights: layOutGroups(weights, groups, span),
      element: 'u32',
      functions: DIFFERING,
      count: unrolled(tile.pixels, count),
    }
  },
}
