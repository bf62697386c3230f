import type {
  ConvolutionAttributes,
  FrozenQuantizer,
  GraphTensor,
  PaddingValue,
  TransposedConvolutionAttributes,
} from '@onebit/core'

interface Sides {
  /** Latent weights, output channels last. */
  readonly kernel: GraphTensor
  readonly bias?: GraphTensor
  readonly frozenInput?: FrozenQuantizer
  readonly frozenKernel?: FrozenQuantizer
}

/** The positions at which a layer computes its products. */
export type Geometry =
  | { readonly kind: 'conv2d'; readonly attributes: ConvolutionAttributes; readonly paddingValue: PaddingValue }
  | { readonly kind: 'conv2dTranspose'; readonly attributes: TransposedConvolutionAttributes }
  | { readonly kind: 'dense' }

/** A quantized layer, described for freezing. */
export type QuantizedOperation = Geometry & Sides
