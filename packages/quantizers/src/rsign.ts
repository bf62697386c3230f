/**
 * Sign with a learned shift per channel.
 *
 *   forward   sgn(x - shift), with sgn(0) = +1 (the paper writes -1 at equality)
 *   gradient  dx: g(x - shift), dshift: -sum of g(x - shift); g(z) = 2 - 2|z| where |z| <= 1 (`approx`, the authors' released code)
 *             or 1 where |z| <= clip (`ste`, the paper's text)
 *
 * Liu, Shen, Savvides, Cheng: ReActNet (ECCV 2020), arXiv 2003.03488, section 4.2. BNext (arXiv 2211.12933) uses `ste` with
 * `clip: 1.5`.
 */
import { defineQuantizer, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { ESTIMATORS, type Estimator, softSign } from './estimator.ts'
import { sign } from './sign.ts'

export interface RsignOptions {
  /** Stand-in for the sign. Its derivative is the gradient. @default 'approx' */
  estimator: Estimator
  /** Half-width of the interval in which `ste` passes gradients. @default 1 */
  clip: number
}

export const rsign: Quantizer = defineQuantizer({
  name: 'rsign',
  package: '@onebit/quantizers',
  paper: { title: 'ReActNet', authors: 'Liu et al.', year: 2020, arxiv: '2003.03488' },
  for: ['activation'],
  options: {
    estimator: { default: 'approx', values: ESTIMATORS, description: 'stand-in for the sign; its derivative is the gradient' },
    clip: { default: 1, min: 0, exclusive: 'min', description: 'half-width of the interval in which ste passes gradients' },
  },
  variables: (_, { channels }) => ({ shift: { shape: [channels], initial: 0 } }),
  forward: (x, _, { variables }) => sign(tf.sub(x, variables.shift)),
  surrogate: (x, { estimator, clip }, { variables }) => softSign(tf.sub(x, variables.shift), estimator, clip),
  // A float32 difference is negative exactly if x < shift, so the shift is the threshold.
  freeze: (_, { variables }) => ({ thresholds: Array.from(variables.shift, (shift) => [shift]), first: [-1] }),
})

declare module '@onebit/core' {
  interface QuantizerNames {
    rsign: RsignOptions
  }
}
