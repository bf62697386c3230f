/**
 * Collects the nodes and constants of a model while a graph is walked, and keeps the layouts apart: images, shapes of three axes, are
 * `[batch, channels, height, width]` in ONNX where a graph has `[height, width, channels]`; everything else keeps its order.
 */
import type { Padding } from '@onebit/core'
import type { OnnxAttribute, OnnxNode, OnnxTensor, OnnxTensorData } from '../onnx-model.ts'

const CHANNELS_LAST = [0, 2, 3, 1]
const CHANNELS_FIRST = [0, 3, 1, 2]

export interface NodeParts {
  /** The name of the result, which was claimed. Default: one after the operator. */
  readonly name?: string
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
}

/**
 * Names of values, constants, inputs and results are one list in ONNX, and each may be there once: all are claimed here before they are
 * used.
 */
export class OnnxWriter {
  readonly nodes: OnnxNode[] = []
  readonly constants = new Map<string, OnnxTensor>()
  readonly #names = new Set<string>()

  /** A name that nothing has yet: `name` itself, or a numbered one. */
  claim(name: string): string {
    let free = name
    for (let number = 2; this.#names.has(free); number++) free = `${name}:${number}`
    this.#names.add(free)
    return free
  }

  /**
   * Appends a node with one output, and returns that output's name.
   * @param parts.name A name that was claimed.
   */
  node(op: string, inputs: readonly string[], { name = this.claim(op), attributes = {} }: NodeParts = {}): string {
    this.nodes.push({ op, inputs, outputs: [name], attributes })
    return name
  }

  /** @param name What it is to be called if that is free. */
  constant(shape: readonly number[], data: OnnxTensorData, name = 'constant'): string {
    const claimed = this.claim(name)
    this.constants.set(claimed, { shape, data })
    return claimed
  }

  scalar(value: number): string {
    return this.constant([], Float32Array.of(value))
  }

  /** A list of sizes or axes, as operators of this age take them: an input of int64. */
  integers(values: readonly number[]): string {
    return this.constant([values.length], BigInt64Array.from(values, BigInt))
  }

  /** An image with rows and columns of a constant around it. */
  padded(image: string, [top, bottom, left, right]: Padding, value: number, name?: string): string {
    const margins = this.integers([0, 0, top, left, 0, 0, bottom, right])
    return this.node('Pad', [image, margins, this.scalar(value)], { name })
  }

  transpose(value: string, order: readonly number[], name?: string): string {
    return this.node('Transpose', [value], { name, attributes: { perm: { ints: order } } })
  }

  /** A value of that shape in the graph's own order of axes. */
  channelsLast(value: string, shape: readonly number[]): string {
    return shape.length === 3 ? this.transpose(value, CHANNELS_LAST) : value
  }

  /** The way back from `channelsLast`, under the name `name` where one is given. */
  channelsFirst(value: string, shape: readonly number[], name?: string): string {
    if (shape.length === 3) return this.transpose(value, CHANNELS_FIRST, name)
    return name === undefined ? value : this.node('Identity', [value], { name })
  }

  /** A value repeated over a batch as large as that of `other`. Shapes leave the batch out. */
  batched(value: string, shape: readonly number[], other: string): string {
    const sizes = this.node('Slice', [this.node('Shape', [other]), this.integers([0]), this.integers([1])])
    const target = this.node('Concat', [sizes, this.integers(shape.map(() => 1))], { attributes: { axis: { int: 0 } } })
    return this.node('Expand', [value, target])
  }
}

/** Where an axis of a graph's shape, without the batch, is in ONNX. */
export function axisOf(axis: number, rank: number): number {
  return rank === 3 ? [2, 3, 1][axis] : axis + 1
}
