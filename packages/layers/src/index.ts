export { BilinearResize, type BilinearResizeOptions } from './bilinear-resize.ts'
export { ChannelMix } from './channel-mix.ts'
export { ChannelPadding, type ChannelPaddingOptions } from './channel-padding.ts'
export type { LayerOptions } from './checked-layer.ts'
export { type ComposedModel, type ComposeOptions, composeModel } from './compose.ts'
export { emitThreshold } from './freeze/emit-threshold.ts'
export { type FreezeOptions, type FrozenModel, freeze } from './freeze/freeze.ts'
export type { FreezableLayer, ToGraphContext } from './freeze/to-graph.ts'
export { InputScale, type InputScaleOptions } from './input-scale.ts'
export { LeakyClip, type LeakyClipOptions } from './leaky-clip.ts'
export { LearnedScale, type LearnedScaleOptions, type ScaleExtent } from './learned-scale.ts'
export { Maxout, type MaxoutOptions } from './maxout.ts'
export type { ActivationName } from './options/activation-option.ts'
export type { QuantizerOption } from './options/quantizer-option.ts'
export type { ConstraintOption, InitializerOption, RegularizerOption } from './options/weight-options.ts'
export { parametersOf } from './parameters-of.ts'
export { QuantConv2D, type QuantConv2DOptions } from './quant-conv2d.ts'
export { QuantConv2DTranspose, type QuantConv2DTransposeOptions } from './quant-conv2d-transpose.ts'
export { QuantDense, type QuantDenseOptions } from './quant-dense.ts'
export { QuantDepthwiseConv2D, type QuantDepthwiseConv2DOptions } from './quant-depthwise-conv2d.ts'
export { quantize } from './quantize.ts'
export {
  type QuantizeCall,
  QuantizedLayer,
  type QuantizedLayerOptions,
  type QuantizeHook,
  quantizedLayers,
} from './quantized-layer.ts'
export { QuantizerVariables, type QuantizerVariablesOptions } from './quantizer-variables.ts'
export { registerLayers } from './register.ts'
export { RPReLU, type RPReLUOptions } from './rprelu.ts'
export { explicitPadding, type PaddingMode } from './same-padding.ts'
export { ScaledSum, type ScaledSumOptions } from './scaled-sum.ts'
export { SoftGate, type SoftGateOptions } from './soft-gate.ts'
