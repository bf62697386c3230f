/** Chooses the test pictures of a report: a few of every annotation, from a limited number of batches. */
import type { Batch, BatchSource } from '@onebit/data'
import type { TestImages } from '../test-images.ts'

/** Number of batches to search, spread evenly over the set. Decoding all files of a large set takes minutes. */
const BATCHES = 64

/** With more different annotations than this, not every one gets a picture. */
const MOST_GROUPS = 100

/** A picture's position. */
interface Place {
  readonly batch: number
  readonly picture: number
}

/** `count` integers from 0 to below `total`, evenly spread and ascending. If `total` is smaller than `count`, all of them. */
function spread(total: number, count: number): number[] {
  if (total <= count) return Array.from({ length: total }, (_, index) => index)
  return Array.from({ length: count }, (_, index) => Math.floor((index * total) / count))
}

/** The batches with these numbers, which ascend. A stream may lack some. */
async function* batchesAt(test: TestImages, numbers: readonly number[]): AsyncGenerator<Batch> {
  const { count }: BatchSource = test.source
  if (numbers.length === count) {
    yield* test.epoch()
    return
  }
  for (const number of numbers) {
    for await (const batch of test.epoch(number)) {
      if (batch.index === number) yield batch
      break
    }
  }
}

/** The first positions of every group, equally many per group. If there are too many groups, it takes evenly spread groups. */
function choose(groups: readonly (readonly Place[])[], count: number): Place[] {
  if (groups.length > MOST_GROUPS) return spread(groups.length, count).map((group) => groups[group][0])
  const each = Math.ceil(count / groups.length)
  return groups.flatMap((places) => spread(places.length, each).map((index) => places[index]))
}

/** The pictures of a batch at these positions. */
function picked({ images, annotations, placements, count, index }: Batch, pictures: readonly number[]): Batch {
  const size = images.length / count
  const chosen = new Float32Array(pictures.length * size)
  for (const [row, picture] of pictures.entries()) chosen.set(images.subarray(picture * size, (picture + 1) * size), row * size)
  return {
    images: chosen,
    annotations: pictures.map((picture) => annotations[picture]),
    placements: pictures.map((picture) => placements[picture]),
    count: pictures.length,
    index,
  }
}

/**
 * Batches of the pictures to show, in the order of the set.
 * @param nameOf Annotations with the same name form a group.
 * @param count Approximate number of pictures. Each of up to 100 groups gets at least one.
 */
export async function* chooseSamples(
  test: TestImages,
  nameOf: (annotation: unknown) => string,
  count: number,
): AsyncGenerator<Batch> {
  const groups = new Map<string, Place[]>()
  for await (const { annotations, index } of batchesAt(test, spread(test.source.count, BATCHES))) {
    for (const [picture, annotation] of annotations.entries()) {
      const name = nameOf(annotation)
      const places = groups.get(name)
      if (places) places.push({ batch: index, picture })
      else groups.set(name, [{ batch: index, picture }])
    }
  }
  const places = choose([...groups.values()], count)
  const numbers = [...new Set(places.map(({ batch }) => batch))].sort((a, b) => a - b)
  for await (const batch of batchesAt(test, numbers)) {
    const pictures = places.filter((place) => place.batch === batch.index).map(({ picture }) => picture)
    yield picked(batch, pictures)
  }
}
