/**
 * Global average pooling if the output is an image, a real dense layer, softmax: class probabilities with the name `scores`.
 * IR-Net and AdaBin have a BatchNorm before the dense layer.
 */
import { defineHead, type Head } from '@onebit/core'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

export interface ClassificationHeadOptions {
  /** Number of classes. The task takes it from the data set. @default 10 */
  classes: number
  /** A BatchNorm in front of the dense layer. @default false */
  norm: boolean
}

export const classificationHead: Head = defineHead({
  name: 'classification',
  package: '@onebit/classify',
  options: {
    classes: { default: 10, min: 2, integer: true, description: 'number of classes' },
    norm: { default: false, description: 'a BatchNorm in front of the dense layer' },
  },
  apply: ({ output }, { classes, norm }) => {
    const isImage = output.shape.length === 4
    const pooled = isImage ? layers.globalAveragePooling2d({ name: 'head.pool' }).apply(output) : output
    const normal = norm ? layers.batchNormalization({ name: 'head.norm', epsilon: 1e-5, momentum: 0.9 }).apply(pooled) : pooled
    const logits = layers.dense({ name: 'head.dense', units: classes }).apply(normal)
    return { scores: layers.softmax({ name: 'scores' }).apply(logits) as SymbolicTensor }
  },
})

declare module '@onebit/core' {
  interface HeadNames {
    classification: ClassificationHeadOptions
  }
}
