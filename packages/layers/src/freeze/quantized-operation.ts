import type { ConvolutionAttributes, FrozenQuantizer, PaddingValue } from '@onebit/core'
import type { Tensor } from '@tensorflow/tfjs-core'

/** A quantized layer as it is frozen. */
export interface QuantizedOperation {
  readonly kind: 'conv2d' | 'dense'
  /** Only for conv2d. */
  readonly attributes?: ConvolutionAttributes
  readonly paddingValue?: PaddingValue
  /** Latent weights, output channels last. */
  readonly kernel: Tensor
  readonly bias?: Tensor
  readonly frozenInput?: FrozenQuantizer
  readonly frozenKernel?: FrozenQuantizer
}
