/** Which test pictures a report shows: a few of every annotation, found in a bounded number of batches. */
import type { Batch, BatchSource } from '@onebit/data'
import type { TestImages } from '../test-images.ts'

/** Batches that are looked through, spread evenly over the set: decoding all files of a large one takes minutes. */
const BATCHES = 64

/** More annotations than this have no picture each. */
const MOST_GROUPS = 100

/** A picture by its place. */
interface Place {
  readonly batch: number
  readonly picture: number
}

/** `count` numbers from 0 to below `total`, evenly spread, in order; all of them where there are no more. */
function spread(total: number, count: number): number[] {
  if (total <= count) return Array.from({ length: total }, (_, index) => index)
  return Array.from({ length: count }, (_, index) => Math.floor((index * total) / count))
}

/** Batches of a set by their numbers, which ascend. A stream may have none of a number. */
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

/** The first places of every group, as many of each as make up the count; of too many groups, groups from first to last. */
function choose(groups: readonly (readonly Place[])[], count: number): Place[] {
  if (groups.length > MOST_GROUPS) return spread(groups.length, count).map((group) => groups[group][0])
  const each = Math.ceil(count / groups.length)
  return groups.flatMap((places) => spread(places.length, each).map((index) => places[index]))
}

/** The pictures of a batch at these places. */
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
 * @param nameOf Annotations of one name are one group.
 * @param count About so many pictures: at least one of each of up to 100 groups.
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
