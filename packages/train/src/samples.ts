/** Test pictures with a model's predictions drawn on them, for the report. */
import type { Placement } from '@onebit/core'
import type { Batch, BatchSource } from '@onebit/data'
import { denormalize, encodePng, type Picture, pictureOf, resample } from '@onebit/image'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { predict } from './evaluate.ts'
import { chooseSamples } from './run/choose-samples.ts'
import type { SampleRecord } from './run-record.ts'
import type { TaskContext } from './task-context.ts'
import type { TestImages } from './test-images.ts'

/** Larger pictures are reduced to this many pixels on their longer side. */
const LONGEST_SIDE = 96

/** A picture as the network saw it, small enough for a page, and its position in the network's input. */
function shown(floats: Float32Array, { shape, normalization }: BatchSource): { picture: Picture; placement: Placement } {
  const [height, width] = shape
  const whole = denormalize(floats, shape, normalization as Parameters<typeof denormalize>[2])
  const scale = Math.min(1, LONGEST_SIDE / Math.max(height, width))
  const size = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))] as const
  const picture = scale === 1 ? whole : resample(whole, { height: size[0], width: size[1] })
  return {
    picture,
    placement: { toPicture: [size[1] / width, 0, 0, 0, size[0] / height, 0], picture: size, input: [height, width] },
  }
}

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

async function predictions(
  model: LayersModel,
  batch: Batch,
  { source }: TestImages,
  { runtime, facts }: TaskContext,
): Promise<SampleRecord[]> {
  const size = batch.images.length / batch.count
  const outputs = await predict(model, batch, source.shape)
  return outputs.map((output, index) => {
    const annotation = batch.annotations[index]
    const prediction = runtime.decode(output, facts, batch.placements[index])
    const { picture, placement } = shown(batch.images.subarray(index * size, (index + 1) * size), source)
    const drawn = runtime.draw(picture, runtime.decode(output, facts, placement), facts)
    const right = runtime.matches?.(prediction, annotation)
    return {
      annotation: runtime.captionOf(annotation, facts),
      prediction: runtime.caption(prediction, facts),
      ...(right === undefined ? {} : { right }),
      png: base64(encodePng(pictureOf(drawn.data as Uint8Array, drawn.width, drawn.height))),
    }
  })
}

/**
 * Samples of the test set. If pictures share annotations, there are some of every annotation, and equal annotations come
 * together. If nearly every picture has its own annotation, the samples are spread from the beginning of the set to its end.
 * @param count Approximate number of pictures.
 */
export async function samplePredictions(
  model: LayersModel,
  test: TestImages,
  context: TaskContext,
  count: number,
): Promise<SampleRecord[]> {
  const { runtime, facts } = context
  const samples: SampleRecord[] = []
  for await (const batch of chooseSamples(test, (annotation) => runtime.captionOf(annotation, facts), count)) {
    samples.push(...(await predictions(model, batch, test, context)))
  }
  const byAnnotation = (a: SampleRecord, b: SampleRecord): number =>
    a.annotation.localeCompare(b.annotation, 'en', { numeric: true })
  return samples.sort(byAnnotation)
}
