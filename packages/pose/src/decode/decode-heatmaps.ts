/** Converts heat-maps to joints: the best pixel of each map, moved by a fraction of a pixel. */

import { checkArguments, InputError, type OutputShapes, type OutputValues, type Placement, rules } from '@onebit/core'
import { inOrder, movePoint, pictureRules, scaling } from '@onebit/image'
import type { Pose } from '../pose-facts.ts'
import { darkOffset } from './dark.ts'
import type { Heatmap, Offset } from './heatmap.ts'
import { quarterOffset } from './quarter-offset.ts'

/**
 * The refinement of a joint between pixels:
 *
 *   quarter  a quarter of a pixel towards the larger neighbor, in each direction
 *   dark     to the middle of the Gaussian whose logarithm fits the values around the best pixel
 *   pixel    no refinement
 */
export type Refinement = 'quarter' | 'dark' | 'pixel'

const OFFSETS: Readonly<Record<Refinement, Offset>> = { quarter: quarterOffset, dark: darkOffset, pixel: () => [0, 0] }

export const refinementRule: rules.ValueRule = rules.oneOf(Object.keys(OFFSETS))

/** `[height, width, joints]` of a network's heat-maps. @throws InputError if it has none. */
export function heatmapsShape(outputs: OutputShapes): readonly [height: number, width: number, joints: number] {
  const [first, ...others] = Object.values(outputs)
  const shape = outputs.heatmaps ?? (others.length === 0 ? first : undefined)
  if (shape?.length === 3) return shape as [number, number, number]
  throw new InputError({
    what: 'This network gives no poses.',
    expected: "an output 'heatmaps' of [height, width, joints]",
    received: Object.entries(outputs)
      .map(([name, sizes]) => `'${name}' of [${sizes.join(', ')}]`)
      .join(', '),
  })
}

/** Row, column and value of the best pixel. Of several equal ones, it is the first. */
function bestPixel({ data, height, width, step, offset }: Heatmap): readonly [row: number, column: number, value: number] {
  let best = 0
  for (let pixel = 1; pixel < height * width; pixel++) {
    if (data[offset + step * pixel] > data[offset + step * best]) best = pixel
  }
  return [Math.floor(best / width), best % width, data[offset + step * best]]
}

const share = (value: number): number => Math.max(0, Math.min(1, value))

/**
 * The joints in the picture's pixels. The confidence of each is the value of its best pixel, clamped to 0..1.
 * @throws OptionError on a bad argument; InputError if there are no heat-maps.
 */
export function decodeHeatmaps(outputs: OutputValues, placement: Placement, refinement: Refinement = 'quarter'): Pose {
  checkArguments('decodeHeatmaps()', {
    outputs: [outputs, pictureRules.outputs],
    placement: [placement, pictureRules.placement],
    refinement: [refinement, refinementRule],
  })
  const { toPicture, input } = placement
  const shapes = Object.fromEntries(Object.entries(outputs).map(([name, { shape }]) => [name, shape]))
  const [height, width, joints] = heatmapsShape(shapes)
  const { data } = outputs.heatmaps ?? Object.values(outputs)[0]
  const affine = inOrder(scaling(input[1] / width, input[0] / height), toPicture)
  const keypoints: number[] = []
  let sum = 0
  for (let joint = 0; joint < joints; joint++) {
    const heatmap: Heatmap = { data, height, width, step: joints, offset: joint }
    const [row, column, value] = bestPixel(heatmap)
    const [right, below] = OFFSETS[refinement](heatmap, row, column)
    keypoints.push(...movePoint(affine, column + 0.5 + right, row + 0.5 + below), share(value))
    sum += share(value)
  }
  return { keypoints, score: sum / joints }
}
