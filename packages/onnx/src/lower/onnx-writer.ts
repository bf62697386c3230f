/**
 * Collects the nodes and constants of a model during a walk through a graph, and converts layouts. Images, which are shapes of three axes,
 * are `[batch, channels, height, width]` in ONNX and `[height, width, channels]` in a graph. Everything else keeps its order.
 */
import type { Padding } from '@onebit/core'
import type { OnnxAttribute, OnnxNode, OnnxTensor, OnnxTensorData } from '../onnx-model.ts'

const CHANNELS_LAST = [0, 2, 3, 1]
const CHANNELS_FIRST = [0, 3, 1, 2]

export interface NodeParts {
  /** The claimed name of the result. Default: a name made from the operator. */
  readonly name?: string
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
}

/**
 * In ONNX, values, constants, inputs and results share one list of unique names. Every name must be claimed here before its use.
 */
export class OnnxWriter {
  readonly nodes: OnnxNode[] = []
  readonly constants = new Map<string, OnnxTensor>()
  readonly #names = new Set<string>()

  /** An unused name: `name` itself, or a numbered one. */
  claim(name: string): string {
    let free = name
    for (let number = 2; this.#names.has(free); number++) free = `${name}:${number}`
    this.#names.add(free)
    return free
  }

  /**
   * Appends a node with one output, and returns that output's name.
   * @param parts.name A claimed name.
   */
  node(op: string, inputs: readonly string[], { name = this.claim(op), attributes = {} }: NodeParts = {}): string {
    this.nodes.push({ op, inputs, outputs: [name], attributes })
    return name
  }

  /** @param name The constant's name, if that is free. */
  constant(shape: readonly number[], data: OnnxTensorData, name = 'constant'): string {
    const claimed = this.claim(name)
    this.constants.set(claimed, { shape, data })
    return claimed
  }

  scalar(value: number): string {
    return this.constant([], Float32Array.of(value))
  }

  /** A list of sizes or axes. Operators of this version take it as an input of int64. */
  integers(values: readonly number[]): string {
    return this.constant([values.length], BigInt64Array.from(values, BigInt))
  }

  /** Adds rows and columns of a constant around an image. */
  padded(image: string, [top, bottom, left, right]: Padding, value: number, name?: string): string {
    const margins = this.integers([0, 0, top, left, 0, 0, bottom, right])
    return this.node('Pad', [image, margins, this.scalar(value)], { name })
  }

  transpose(value: string, order: readonly number[], name?: string): string {
    return this.node('Transpose', [value], { name, attributes: { perm: { ints: order } } })
  }

  /** A value of that shape in the graph's order of axes. */
  channelsLast(value: string, shape: readonly number[]): string {
    return shape.length === 3 ? this.transpose(value, CHANNELS_LAST) : value
  }

  /** The inverse of `channelsLast`. The result has the name `name` if one is given. */
  channelsFirst(value: string, shape: readonly number[], name?: string): string {
    if (shape.length === 3) return this.transpose(value, CHANNELS_FIRST, name)
    return name === undefined ? value : this.node('Identity', [value], { name })
  }

  /** Repeats a value over a batch of the size of `other`'s. Shapes leave out the batch. */
  batched(value: string, shape: readonly number[], other: string): string {
    const sizes = this.node('Slice', [this.node('Shape', [other]), this.integers([0]), this.integers([1])])
    const target = this.node('Concat', [sizes, this.integers(shape.map(() => 1))], { attributes: { axis: { int: 0 } } })
    return this.node('Expand', [value, target])
  }
}

/** The axis in ONNX of an axis of a graph's shape without the batch. */
export function axisOf(axis: number, rank: number): number {
  return rank === 3 ? [2, 3, 1][axis] : axis + 1
}
