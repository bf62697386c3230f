/** Converts a network's scores of every pixel to a mask of the picture. */
import { checkArguments, InputError, type OutputShapes, type OutputValues, type Placement } from '@onebit/core'
import { inOrder, type Picture, pictureRules, scaling, warp } from '@onebit/image'
import { IGNORED, type Segmentation } from './segmentation-facts.ts'

/** `[height, width, classes]` of a network's scores. @throws InputError if it has none. */
export function scoresShape(outputs: OutputShapes): readonly [height: number, width: number, classes: number] {
  const [first, ...others] = Object.entries(outputs)
  const shape = outputs.scores ?? (others.length === 0 ? first?.[1] : undefined)
  if (shape?.length === 3) return shape as [number, number, number]
  throw new InputError({
    what: 'This network gives no masks.',
    expected: "an output 'scores' of [height, width, classes]",
    received: Object.entries(outputs)
      .map(([name, sizes]) => `'${name}' of [${sizes.join(', ')}]`)
      .join(', '),
  })
}

/** The best class of every pixel of the output. Of several equal ones, it is the first. */
function bestClasses(scores: ArrayLike<number>, height: number, width: number, classes: number): Picture {
  const data = new Uint8Array(height * width)
  for (let pixel = 0; pixel < data.length; pixel++) {
    let best = 0
    for (let index = 1; index < classes; index++) {
      if (scores[pixel * classes + index] > scores[pixel * classes + best]) best = index
    }
    data[pixel] = best
  }
  return { data, width, height, channels: 1 }
}

/** Each pixel of the picture gets the class of the output's pixel at its place, or no class if the network did not see it. */
export function decodeMask(outputs: OutputValues, placement: Placement): Segmentation {
  checkArguments('decode()', { outputs: [outputs, pictureRules.outputs], placement: [placement, pictureRules.placement] })
  const shapes = Object.fromEntries(Object.entries(outputs).map(([name, { shape }]) => [name, shape]))
  const [height, width, classes] = scoresShape(shapes)
  const { data } = outputs.scores ?? Object.values(outputs)[0]
  const { toPicture, picture, input } = placement
  const mask = bestClasses(data, height, width, classes)
  const affine = inOrder(scaling(input[1] / width, input[0] / height), toPicture)
  return { mask: warp(mask, affine, { width: picture[1], height: picture[0], interpolation: 'nearest', fill: IGNORED }) }
}
