/**
 * Registers the layers of this package for `tf.loadLayersModel`. TensorFlow.js keeps one global map of classes by name. The
 * classes registered here look quantizers up in the registry that they were registered with.
 */
import { type Configured, checkArgument, type Quantizer, type QuantizerTarget, type Registry, rules } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { BilinearResize } from './bilinear-resize.ts'
import { Blur } from './blur.ts'
import { ChannelMix } from './channel-mix.ts'
import { ChannelPadding } from './channel-padding.ts'
import { InputScale } from './input-scale.ts'
import { LeakyClip } from './leaky-clip.ts'
import { LearnedScale } from './learned-scale.ts'
import { Maxout } from './maxout.ts'
import { QuantConv2D } from './quant-conv2d.ts'
import { QuantConv2DTranspose } from './quant-conv2d-transpose.ts'
import { QuantDense } from './quant-dense.ts'
import { QuantDepthwiseConv2D } from './quant-depthwise-conv2d.ts'
import type { QuantizedLayer, QuantizerConfig } from './quantized-layer.ts'
import { QuantizerVariables } from './quantizer-variables.ts'
import { RPReLU } from './rprelu.ts'
import { ScaledSum } from './scaled-sum.ts'
import { SoftGate } from './soft-gate.ts'
import { SymmetricMaxPool } from './symmetric-max-pool.ts'

type Config = tf.serialization.ConfigDict
type LayerClass<Layer> = (new (options: never) => Layer) & { readonly className: string }

const QUANTIZED: readonly LayerClass<QuantizedLayer>[] = [QuantConv2D, QuantConv2DTranspose, QuantDense, QuantDepthwiseConv2D]
const REAL = [
  BilinearResize,
  Blur,
  ChannelMix,
  ChannelPadding,
  InputScale,
  LeakyClip,
  LearnedScale,
  Maxout,
  RPReLU,
  ScaledSum,
  SoftGate,
  SymmetricMaxPool,
]

interface QuantizerVariablesConfig {
  readonly name: string
  readonly trainable: boolean
  readonly target: QuantizerTarget
  readonly quantizer: QuantizerConfig
}

function restoreQuantizer(registry: Registry, { name, options }: QuantizerConfig): Configured<Quantizer> {
  return registry.resolve('quantizer', { ...options, name })
}

function restoreOptions(registry: Registry, config: Config): object {
  const restore = (saved: unknown): Configured<Quantizer> | undefined =>
    saved ? restoreQuantizer(registry, saved as QuantizerConfig) : undefined
  return {
    ...config,
    inputQuantizer: restore(config.inputQuantizer),
    kernelQuantizer: restore(config.kernelQuantizer),
  }
}

/**
 * Call it once before `tf.loadLayersModel` of a model with quantized layers.
 * @throws PluginNotFoundError, while loading, if the model uses a quantizer that is not in the registry.
 */
export function registerLayers(registry: Registry): void {
  checkArgument('registerLayers()', 'registry', registry, rules.object({ resolve: rules.callback }))
  for (const Layer of QUANTIZED) {
    // TensorFlow.js keeps the class and its `fromConfig`, and creates layers with the latter.
    const fromConfig = (_: unknown, config: Config): QuantizedLayer => new Layer(restoreOptions(registry, config) as never)
    const registered = { className: Layer.className, fromConfig }
    tf.serialization.registerClass(registered as never)
  }
  const fromConfig = (_: unknown, config: Config): QuantizerVariables => {
    // The quantizer determines its variables' initial values. The initializers beside it are for readers that initialize weights
    // again.
    const { name, trainable, target, quantizer } = config as unknown as QuantizerVariablesConfig
    return new QuantizerVariables({ name, trainable, target, quantizer: restoreQuantizer(registry, quantizer) })
  }
  tf.serialization.registerClass({ className: QuantizerVariables.className, fromConfig } as never)
  for (const layer of REAL) tf.serialization.registerClass(layer as never)
}
