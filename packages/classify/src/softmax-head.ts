/** Softmax alone, for networks that end in a score per class of their own: class probabilities under the name `scores`. */
import { defineHead, type Head, OptionError } from '@onebit/core'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'

export interface SoftmaxHeadOptions {
  /** Number of classes. The task takes it from the data set. @default 10 */
  classes: number
}

export const softmaxHead: Head = defineHead({
  name: 'softmax',
  package: '@onebit/classify',
  options: { classes: { default: 10, min: 2, integer: true, description: 'number of classes' } },
  apply: ({ output }, { classes }) => {
    const [, ...shape] = output.shape
    if (shape.length !== 1 || shape[0] !== classes) {
      throw new OptionError({
        what: "The head 'softmax' takes the network's own scores.",
        expected: `${classes} values, one per class`,
        received: `[${shape.join(', ')}]`,
        fix: "Choose a network that ends in its classes, such as 'binary-net', or the head 'classification'.",
      })
    }
    return { scores: layers.softmax({ name: 'scores' }).apply(output) as SymbolicTensor }
  },
})

declare module '@onebit/core' {
  interface HeadNames {
    softmax: SoftmaxHeadOptions
  }
}
