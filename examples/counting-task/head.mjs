/** The mean of the last feature map, then a real dense layer: one number, `count`. */
import { defineHead } from '@onebit/core'
import { layers } from '@tensorflow/tfjs-layers'

export const countHead = defineHead({
  name: 'count',
  package: '@onebit/example-counting-task',
  apply: ({ output }) => {
    const pooled = layers.globalAveragePooling2d({ name: 'head.pool' }).apply(output)
    // The layer of an output has the output's name.
    return { count: layers.dense({ name: 'count', units: 1 }).apply(pooled) }
  },
})
