/**
 * A 1x1 convolution of one feature of a network, bilinear resizing to the picture's size or a part of it, softmax: class
 * probabilities of every pixel, with the name `scores`. Networks with a small `outputStride` give finer masks.
 *
 * Long, Shelhamer, Darrell: Fully Convolutional Networks (CVPR 2015), arXiv 1411.4038; one scale, as in DeepLab (arXiv
 * 1706.05587).
 */
import { defineHead, type Head, OptionError } from '@onebit/core'
import { BilinearResize } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

const STRIDES = [1, 2, 4, 8] as const

export interface SegmentationHeadOptions {
  /** Number of classes. The task takes it from the data set. @default 2 */
  classes: number
  /** The feature of the network that the head reads, such as `stage3`. Default: the last feature map. */
  feature: string
  /** Size of the picture divided by that of the mask, on each side. @default 1 */
  stride: (typeof STRIDES)[number]
}

export const segmentationHead: Head = defineHead({
  name: 'segmentation',
  package: '@onebit/segment',
  options: {
    classes: { default: 2, min: 2, max: 255, integer: true, description: 'number of classes' },
    feature: { type: 'text', optional: true, description: 'feature to read, such as stage3; default: the last feature map' },
    stride: { default: 1, values: STRIDES, description: 'factor between the sizes of picture and mask' },
  },
  apply: ({ input, features, output }, { classes, feature, stride }) => {
    const source = feature === undefined ? output : features[feature]
    if (source?.shape.length !== 4) {
      throw new OptionError({
        option: 'feature',
        what: `The network has no feature map ${feature === undefined ? 'at its end' : `'${feature}'`}.`,
        expected: Object.keys(features).join(', '),
        received: source && `[${source.shape.slice(1).join(', ')}]`,
        fix: 'Name a feature that is still a picture.',
      })
    }
    const [, height, width] = input.shape as [null, number, number, number]
    const size = [Math.ceil(height / stride), Math.ceil(width / stride)] as const
    const logits = layers.conv2d({ name: 'head.conv', filters: classes, kernelSize: 1 }).apply(source)
    const resized = new BilinearResize({ name: 'head.resize', size }).apply(logits as SymbolicTensor)
    return { scores: layers.softmax({ name: 'scores', axis: -1 }).apply(resized) as SymbolicTensor }
  },
})

declare module '@onebit/core' {
  interface HeadNames {
    segmentation: SegmentationHeadOptions
  }
}
