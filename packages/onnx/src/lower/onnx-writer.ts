/**
 * Collects the nodes and constants of a model while a graph is walked, and keeps the layouts apart: images, shapes of three axes, are
 * `[batch, channels, height, width]` in ONNX where a graph has `[height, width, channels]`; everything else keeps its order.
 */
import type { Padding } from '@onebit/core'
import type { OnnxAttribute, OnnxNode, OnnxTensor, OnnxTensorData } from '../onnx-model.ts'

const CHANNELS_LAST = [0, 2, 3, 1]
const CHANNELS_FIRST = [0, 3, 1, 2]

export interface NodeParts {
  /** The name of the result. Default: a fresh one. */
  readonly name?: string
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
}

export class OnnxWriter {
  readonly nodes: OnnxNode[] = []
  readonly constants = new Map<string, OnnxTensor>()
  #fresh = 0

  /** Appends a node with one output, and returns that output's name. */
  node(op: string, inputs: readonly string[], { name = this.#name(op), attributes = {} }: NodeParts = {}): string {
    this.nodes.push({ op, inputs, outputs: [name], attributes })
    return name
  }

  constant(shape: readonly number[], data: OnnxTensorData, name: string = this.#name('constant')): string {
    this.constants.set(name, { shape, data })
    return name
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

  #name(kind: string): string {
    this.#fresh++
    return `${kind}:${this.#fresh}`
  }
}

/** Where an axis of a graph's shape, without the batch, is in ONNX. */
export function axisOf(axis: number, rank: number): number {
  return rank === 3 ? [2, 3, 1][axis] : axis + 1
}
