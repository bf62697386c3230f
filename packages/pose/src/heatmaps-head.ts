/**
 * Heat-maps: a real 1x1 convolution of the last feature map, one map per joint, with the name `heatmaps`.
 *
 * With a sigmoid, a pixel is the probability that the joint is there; without one, the loss defines its meaning. Networks that
 * read their own heat-maps again output the inner ones as `heatmaps1`, `heatmaps2`, ...
 *
 * Almost all pixels of a heat-map are 0. So the bias begins with the value that gives every pixel the output `prior`, as in Lin
 * et al.: Focal Loss, arXiv 1708.02002, section 4.1. Otherwise the first thousand steps would only learn this.
 */
import { defineHead, type Head, OptionError } from '@onebit/core'
import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

export interface HeatmapsHeadOptions {
  /** Number of joints. The task takes it from the data set. @default 16 */
  joints: number
  /** Function after the convolution. @default 'sigmoid' */
  activation: 'sigmoid' | 'linear'
  /** Initial output of every pixel, with a sigmoid. @default 0.01 */
  prior: number
}

export const heatmapsHead: Head = defineHead({
  name: 'heatmaps',
  package: '@onebit/pose',
  options: {
    joints: { default: 16, min: 1, integer: true, description: 'number of joints' },
    activation: { default: 'sigmoid', values: ['sigmoid', 'linear'], description: 'function after the convolution' },
    prior: { default: 0.01, min: 0, max: 1, exclusive: 'both', description: 'initial output of every pixel, with a sigmoid' },
  },
  apply: ({ output, outputs = {} }, { joints, activation, prior }) => {
    if (output.shape.length !== 4) {
      throw new OptionError({
        what: 'The network ends in no feature map.',
        expected: 'height, width and channels',
        received: `[${output.shape.slice(1).join(', ')}]`,
        fix: 'Choose a network that keeps its picture: hourglass, simple-baseline, or one with an outputStride.',
      })
    }
    for (const [name, { shape }] of Object.entries(outputs)) {
      if (shape.at(-1) === joints) continue
      throw new OptionError({
        option: 'joints',
        what: `The heat-maps '${name}' inside the network have another number of joints.`,
        expected: `${joints}`,
        received: `${shape.at(-1)}`,
        fix: `Give the network joints: ${joints}.`,
      })
    }
    if (activation === 'linear') {
      return { heatmaps: layers.conv2d({ name: 'heatmaps', filters: joints, kernelSize: 1 }).apply(output) as SymbolicTensor }
    }
    const biasInitializer = initializers.constant({ value: Math.log(prior / (1 - prior)) })
    const logits = layers.conv2d({ name: 'head.conv', filters: joints, kernelSize: 1, biasInitializer }).apply(output)
    return { heatmaps: layers.activation({ name: 'heatmaps', activation: 'sigmoid' }).apply(logits) as SymbolicTensor }
  },
})

declare module '@onebit/core' {
  interface HeadNames {
    heatmaps: HeatmapsHeadOptions
  }
}
