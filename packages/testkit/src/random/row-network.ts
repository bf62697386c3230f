/** Random networks of dense layers and of ops on rows. Batches of samples run stacked on them. */
import { ACTIVATION_FUNCTIONS, checkArguments, elementCount, type Graph, GraphBuilder } from '@onebit/core'
import { Random } from './random.ts'
import { seedRule } from './random-rules.ts'

/** Folding an affine into a threshold keeps bits only for finite numbers, so nothing may overflow. */
const BOUNDED = ACTIVATION_FUNCTIONS.filter((name) => name !== 'exp')

/** Adds nodes to a network whose newest value is real. */
class Grower {
  readonly builder = new GraphBuilder()
  readonly #random: Random
  /** Real values. Later nodes may read them again. */
  readonly #values: string[]

  constructor(random: Random) {
    this.#random = random
    const features = random.integer(1, 40)
    const shape = random.chance(0.7) ? [features] : [random.integer(1, 6), features]
    this.#values = [this.builder.input('x', shape)]
    if (random.chance(0.2)) this.#values.push(this.builder.input('second', shape))
  }

  get last(): string {
    return this.#values.at(-1)!
  }

  shape(value = this.last): readonly number[] {
    return this.builder.type(value).shape
  }

  #channels(value = this.last): number {
    return this.shape(value).at(-1)!
  }

  /** A value with the shape of the newest one: an earlier value, if there is one, or a constant. */
  #other(): string {
    const alike = this.#values.filter((value) => this.shape(value).join() === this.shape().join())
    if (this.#random.chance(0.7)) return this.#random.pick(alike)
    const shapes = [[this.#channels()], [1], this.shape(), [2, ...this.shape()]]
    const weights = this.#random.floatTensor(...this.#random.pick(shapes))
    return this.builder.node('constant', { tensors: { value: weights } })
  }

  /** Adds a binary layer, and makes its accumulators real again. */
  #binary(): string {
    const random = this.#random
    const channels = this.#channels()
    const outputs = random.pick([1, 8, 16, 24, 37, 64])
    let bits = this.builder.node('threshold', { inputs: [this.last], tensors: random.thresholds(channels, random.integer(1, 2)) })
    if (random.chance(0.2)) {
      bits = this.builder.node('concat', {
        inputs: [bits, bits],
        attributes: { axis: random.integer(0, this.shape().length - 1) },
      })
    }
    if (random.chance(0.2)) bits = this.#flatten(bits)
    const weights = random.bitTensor(outputs, this.#channels(bits))
    const sums = this.builder.node('binaryDense', { inputs: [bits], tensors: { weights } })
    if (random.chance(0.2)) this.builder.output(`output ${sums}`, sums)
    if (random.chance(0.3)) {
      const packed = this.builder.node('threshold', { inputs: [sums], tensors: random.thresholds(outputs, 1, 9) })
      if (random.chance(0.3)) this.builder.output(`output ${packed}`, packed)
      return this.builder.node('toFloat', { inputs: [packed] })
    }
    const scaled = { scale: random.floatTensor(outputs), shift: random.floatTensor(outputs) }
    return this.builder.node('affine', { inputs: [sums], tensors: scaled })
  }

  #flatten(value: string): string {
    return this.builder.node('reshape', { inputs: [value], attributes: { shape: [elementCount(this.shape(value))] } })
  }

  #dense(): string {
    const random = this.#random
    const [channels, outputs] = [this.#channels(), random.integer(1, 40)]
    const weights = random.chance(0.2) ? random.bitTensor(outputs, channels) : random.floatTensor(channels, outputs)
    const inputs = [this.last]
    if (random.chance(0.5)) return this.builder.node('dense', { inputs, tensors: { weights } })
    return this.builder.node('dense', { inputs, tensors: { weights, bias: random.floatTensor(outputs) } })
  }

  #slice(): string {
    const begin = this.shape().map((size) => this.#random.integer(0, size - 1))
    const size = this.shape().map((size, axis) => this.#random.integer(1, size - begin[axis]))
    return this.builder.node('slice', { inputs: [this.last], attributes: { begin, size } })
  }

  #pointwise(): string {
    const random = this.#random
    const inputs = [this.last]
    const channels = random.chance(0.8) ? this.#channels() : 1
    return random.pick([
      () => this.builder.node('activation', { inputs, attributes: { function: random.pick(BOUNDED) } }),
      () => this.builder.node('clip', { inputs, attributes: { minimum: -0.5, maximum: 0.75 } }),
      () => this.builder.node('softmax', { inputs }),
      () => this.builder.node('prelu', { inputs, tensors: { slope: random.floatTensor(channels) } }),
      () => {
        const tensors = { scale: random.floatTensor(channels), shift: random.floatTensor(channels) }
        return this.builder.node('affine', { inputs, tensors })
      },
    ])()
  }

  /** Adds the parts of a network of dense layers, and sometimes an op that keeps samples apart. */
  grow(): void {
    const { builder } = this
    const random = this.#random
    const kinds = [
      () => this.#binary(),
      () => this.#binary(),
      () => this.#dense(),
      () => this.#dense(),
      () => this.#pointwise(),
      () => this.#pointwise(),
      () => builder.node('add', { inputs: [this.last, this.#other()] }),
      () => {
        const gate = builder.node('activation', { inputs: [this.#other()], attributes: { function: 'softsign' } })
        return builder.node('multiply', { inputs: [this.last, gate] })
      },
      () => this.#slice(),
      () => this.#flatten(this.last),
      () => {
        const inputs = [this.last, this.#values.find((value) => this.shape(value).join() === this.shape().join())!]
        return builder.node('concat', { inputs, attributes: { axis: random.integer(0, this.shape().length - 1) } })
      },
    ]
    const apart = () => builder.node('mean', { inputs: [this.last], attributes: { axes: [0], keepDimensions: true } })
    this.#values.push(random.chance(0.03) ? apart() : random.pick(kinds)())
  }
}

export function rowNetwork(seed: number): Graph {
  checkArguments('rowNetwork()', { seed: [seed, seedRule] })
  const random = new Random(seed)
  const grower = new Grower(random)
  for (let node = random.integer(2, 9); node > 0; node--) grower.grow()
  grower.builder.output('y', grower.last)
  return grower.builder.build()
}
