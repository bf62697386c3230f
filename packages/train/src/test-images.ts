/** Pictures for evaluation. Every pass over them gives the same batches. */
import type { Batch, BatchSource, RandomState } from '@onebit/data'

export class TestImages {
  readonly source: BatchSource
  readonly #state: RandomState
  #first?: Batch

  constructor(source: BatchSource) {
    this.source = source
    this.#state = source.random.state
  }

  /** @param first Number of the first batch. */
  epoch(first = 0): ReturnType<BatchSource['epoch']> {
    this.source.random.state = this.#state
    return this.source.epoch(first)
  }

  /** The first pictures, at most `count`, read once. They come from the first batch, which may be smaller in a stream. */
  async first(count: number): Promise<Batch> {
    if (!this.#first) {
      for await (const batch of this.epoch()) {
        this.#first = batch
        break
      }
    }
    const { images, annotations, placements, count: available, index } = this.#first!
    const taken = Math.min(count, available)
    return {
      images: images.subarray(0, (taken * images.length) / available),
      annotations: annotations.slice(0, taken),
      placements: placements.slice(0, taken),
      count: taken,
      index,
    }
  }
}
