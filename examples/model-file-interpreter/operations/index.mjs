import { binaryConv2d, binaryConv2dTranspose, conv2d, conv2dTranspose } from './convolutions.mjs'
import { binaryDense, dense } from './dense.mjs'
import { activation, add, affine, clip, multiply, prelu, threshold, toFloat } from './elementwise.mjs'
import { concat, constant, pad, reshape, slice } from './layout.mjs'
import { averagePool, maxPool, mean } from './reductions.mjs'
import { resize } from './resize.mjs'
import { softmax } from './softmax.mjs'

/**
 * The ops by name. Each says
 *
 * - `inputs`: the types that each input may have, `repeatsLast` if there may be more of the last
 * - `tensors`: by role the types it may have, and whether it is optional
 * - `attributes`: by name the kind of each
 * - `infer(node)`: type and shape of the output; refuses what does not fit
 * - `work(node)`: how many operations the node takes, beside one for each element that it gives
 * - `compute(node)`: fills `node.data` for one sample
 */
export const operations = new Map(
  Object.entries({
    conv2d,
    binaryConv2d,
    conv2dTranspose,
    binaryConv2dTranspose,
    dense,
    binaryDense,
    threshold,
    toFloat,
    affine,
    prelu,
    activation,
    clip,
    add,
    multiply,
    softmax,
    constant,
    maxPool,
    averagePool,
    mean,
    resize,
    pad,
    reshape,
    concat,
    slice,
  }),
)
