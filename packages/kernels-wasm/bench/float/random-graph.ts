/** Builds a graph of real layers. Random weights keep activations in range, and batch normalization is folded in. */
import { GraphBuilder, type GraphTensor, type Pair } from '@onebit/core'
import { randomFloats } from '../harness.ts'

export interface Window {
  readonly kernel: number
  readonly outputs: number
  readonly stride?: number
  /** If true, each channel is convolved on its own. Default false. */
  readonly depthwise?: boolean
}

/** Uniform weights with variance 2 / (inputs of a sum). */
function weights(inputs: number, ...shape: number[]): GraphTensor {
  const limit = Math.sqrt(6 / inputs)
  const data = randomFloats(shape.reduce((a, b) => a * b, 1)).map((value) => value * limit)
  return { dtype: 'float32', shape, data }
}

function bias(outputs: number): GraphTensor {
  return { dtype: 'float32', shape: [outputs], data: randomFloats(outputs).map((value) => value * 0.1) }
}

export class RandomGraph {
  readonly builder = new GraphBuilder()

  /** A convolution padded so that a stride of 1 keeps the size. */
  convolution(input: string, { kernel, outputs, stride = 1, depthwise = false }: Window): string {
    const channels = this.builder.type(input).shape[2]
    const [perGroup, groups] = depthwise ? [1, channels] : [channels, 1]
    const around = kernel >> 1
    const strides: Pair = [stride, stride]
    return this.builder.node('conv2d', {
      inputs: [input],
      tensors: { weights: weights(kernel * kernel * perGroup, kernel, kernel, perGroup, outputs), bias: bias(outputs) },
      attributes: { strides, padding: [around, around, around, around], groups },
    })
  }

  relu(input: string): string {
    return this.builder.node('activation', { inputs: [input], attributes: { function: 'relu' } })
  }

  relu6(input: string): string {
    return this.builder.node('clip', { inputs: [input], attributes: { minimum: 0, maximum: 6 } })
  }

  add(a: string, b: string): string {
    return this.builder.node('add', { inputs: [a, b] })
  }

  /** Global average pooling, then one score per class. */
  head(features: string, classes: number): string {
    const channels = this.builder.type(features).shape[2]
    const pooled = this.builder.node('mean', { inputs: [features], attributes: { axes: [0, 1] } })
    const tensors = { weights: weights(channels, channels, classes), bias: bias(classes) }
    return this.builder.node('dense', { inputs: [pooled], tensors })
  }
}
