/** Confusions: how often pictures of one class were predicted as another. */
import type { MetricTable } from '@onebit/core'

/** With more classes, a matrix is too large to read. Then the table lists the most frequent confusions. */
const LARGEST_MATRIX = 20

/** Number of rows in that list. */
const LONGEST_LIST = 20

export class Confusion {
  readonly #classes: readonly string[]
  /** `counts[label][predicted]` */
  readonly #counts: readonly number[][]

  constructor(classes: readonly string[]) {
    this.#classes = classes
    this.#counts = classes.map(() => classes.map(() => 0))
  }

  add(label: number, predicted: number): void {
    this.#counts[label][predicted]++
  }

  tables(): MetricTable[] {
    return [this.#perClass(), this.#classes.length <= LARGEST_MATRIX ? this.#matrix() : this.#mostFrequent()]
  }

  #perClass(): MetricTable {
    const percent = (part: number, whole: number): string => (whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`)
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
    const rows = this.#classes.map((name, index) => {
      const right = this.#counts[index][index]
      const pictures = sum(this.#counts[index])
      const predicted = sum(this.#counts.map((row) => row[index]))
      return [name, `${pictures}`, percent(right, pictures), percent(right, predicted)]
    })
    return { title: 'Per class', columns: ['class', 'pictures', 'recall', 'precision'], rows }
  }

  #matrix(): MetricTable {
    const rows = this.#classes.map((name, index) => [name, ...this.#counts[index].map(String)])
    return { title: 'Confusion: rows are labels, columns predictions', columns: ['class', ...this.#classes], rows }
  }

  #mostFrequent(): MetricTable {
    const pairs = this.#counts.flatMap((row, label) =>
      row
        .map((count, predicted) => ({ label, predicted, count }))
        .filter((pair) => pair.count > 0 && pair.label !== pair.predicted),
    )
    const most = pairs.sort((a, b) => b.count - a.count).slice(0, LONGEST_LIST)
    const rows = most.map(({ label, predicted, count }) => [this.#classes[label], this.#classes[predicted], `${count}`])
    return { title: 'Most frequent confusions', columns: ['class', 'taken for', 'pictures'], rows }
  }
}
