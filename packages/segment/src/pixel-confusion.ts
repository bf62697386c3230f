/** Counts how often pixels of one class were predicted as another, over all pictures, for intersection over union. */
import { AnnotationError, type MetricTable, type PictureData } from '@onebit/core'
import { IGNORED } from './segmentation-facts.ts'

export class PixelConfusion {
  readonly #classes: readonly string[]
  /** `[labels, predictions + 1]`; the last column counts pixels that were predicted to have no class. */
  readonly #counts: Float64Array

  constructor(classes: readonly string[]) {
    this.#classes = classes
    this.#counts = new Float64Array(classes.length * (classes.length + 1))
  }

  /** Adds a picture. Pixels that the label leaves out do not count. @throws AnnotationError if the masks differ in size. */
  add(prediction: PictureData, label: PictureData): void {
    if (prediction.width !== label.width || prediction.height !== label.height) {
      throw new AnnotationError({
        what: 'A mask and its prediction differ in size.',
        expected: `${label.height} x ${label.width} (height x width)`,
        received: `${prediction.height} x ${prediction.width}`,
      })
    }
    const { length } = this.#classes
    for (let pixel = 0; pixel < label.data.length; pixel++) {
      const index = label.data[pixel]
      if (index === IGNORED) continue
      this.#counts[index * (length + 1) + Math.min(prediction.data[pixel], length)]++
    }
  }

  #at(label: number, predicted: number): number {
    return this.#counts[label * (this.#classes.length + 1) + predicted]
  }

  /** Number of pixels with the label of a class, with its prediction, and with both. */
  #sums(index: number): { readonly labeled: number; readonly predicted: number; readonly both: number } {
    let labeled = this.#at(index, this.#classes.length)
    let predicted = 0
    for (let other = 0; other < this.#classes.length; other++) {
      labeled += this.#at(index, other)
      predicted += this.#at(other, index)
    }
    return { labeled, predicted, both: this.#at(index, index) }
  }

  /** The mean of intersection over union, over the classes that occur in labels or predictions. */
  meanIntersectionOverUnion(): number {
    const all = this.#classes.map((_, index) => this.#sums(index))
    const shares = all.flatMap(({ labeled, predicted, both }) => {
      const union = labeled + predicted - both
      return union === 0 ? [] : [both / union]
    })
    return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share) / shares.length
  }

  /** Share of pixels with the right class. */
  accuracy(): number {
    let right = 0
    let labeled = 0
    for (const index of this.#classes.keys()) {
      right += this.#at(index, index)
      labeled += this.#sums(index).labeled
    }
    return labeled === 0 ? 0 : right / labeled
  }

  table(): MetricTable {
    const percent = (part: number, whole: number): string => (whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`)
    const rows = this.#classes.map((name, index) => {
      const { labeled, predicted, both } = this.#sums(index)
      return [name, `${labeled}`, percent(both, labeled + predicted - both), percent(both, labeled), percent(both, predicted)]
    })
    return { title: 'Per class', columns: ['class', 'pixels', 'IoU', 'recall', 'precision'], rows }
  }
}
