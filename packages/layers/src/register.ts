/**
 * Teaches `tf.loadLayersModel` the layers of this package. TensorFlow.js finds classes by name in a map of its own; the
 * classes registered here look quantizers up in the registry they were given.
 */
import type { Configured, Quantizer, QuantizerReference, QuantizerTarget, Registry } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { BilinearResize } from './bilinear-resize.ts'
import { ChannelMix } from './channel-mix.ts'
import { ChannelPadding } from './channel-padding.ts'
import { InputScale } from './input-scale.ts'
import { LeakyClip } from './leaky-clip.ts'
import { LearnedScale } from './learned-scale.ts'
import { Maxout } from './maxout.ts'
import { QuantConv2D, type QuantConv2DOptions } from './quant-conv2d.ts'
import { QuantDense, type QuantDenseOptions } from './quant-dense.ts'
import type { QuantizerConfig } from './quantized-layer.ts'
import { QuantizerVariables } from './quantizer-variables.ts'
import { RPReLU } from './rprelu.ts'
import { ScaledSum } from './scaled-sum.ts'
import { SoftGate } from './soft-gate.ts'

type SavedOptions<Options> = Omit<Options, 'inputQuantizer' | 'kernelQuantizer'> & {
  inputQuantizer: QuantizerConfig | null
  kernelQuantizer: QuantizerConfig | null
}

interface QuantizerVariablesConfig {
  readonly name: string
  readonly trainable: boolean
  readonly target: QuantizerTarget
  readonly quantizer: QuantizerConfig
}

function restoreQuantizer(registry: Registry, { name, options }: QuantizerConfig): Configured<Quantizer> {
  return registry.quantizer({ name, ...options } as QuantizerReference)
}

function restoreOptions<Options>(registry: Registry, config: SavedOptions<Options>): Options {
  const restore = (saved: QuantizerConfig | null): Configured<Quantizer> | undefined =>
    saved ? restoreQuantizer(registry, saved) : undefined
  return {
    ...config,
    inputQuantizer: restore(config.inputQuantizer),
    kernelQuantizer: restore(config.kernelQuantizer),
  } as unknown as Options
}

/**
 * Call once before `tf.loadLayersModel` of a model with quantized layers.
 * @throws PluginNotFoundError, while loading, if the model uses a quantizer the registry does not know.
 */
export function registerLayers(registry: Registry): void {
  class RegisteredQuantConv2D extends QuantConv2D {
    static override readonly className = 'QuantConv2D'
    static override fromConfig<T extends tf.serialization.Serializable>(
      _: tf.serialization.SerializableConstructor<T>,
      config: tf.serialization.ConfigDict,
    ): T {
      return new QuantConv2D(restoreOptions<QuantConv2DOptions>(registry, config as never)) as unknown as T
    }
  }
  class RegisteredQuantDense extends QuantDense {
    static override readonly className = 'QuantDense'
    static override fromConfig<T extends tf.serialization.Serializable>(
      _: tf.serialization.SerializableConstructor<T>,
      config: tf.serialization.ConfigDict,
    ): T {
      return new QuantDense(restoreOptions<QuantDenseOptions>(registry, config as never)) as unknown as T
    }
  }
  class RegisteredQuantizerVariables extends QuantizerVariables {
    static override readonly className = 'QuantizerVariables'
    static override fromConfig<T extends tf.serialization.Serializable>(
      _: tf.serialization.SerializableConstructor<T>,
      config: tf.serialization.ConfigDict,
    ): T {
      const { name, trainable, target, quantizer } = config as never as QuantizerVariablesConfig
      return new QuantizerVariables({ name, trainable, target, quantizer: restoreQuantizer(registry, quantizer) }) as unknown as T
    }
  }
  tf.serialization.registerClass(RegisteredQuantizerVariables as never)
  tf.serialization.registerClass(RegisteredQuantConv2D as never)
  tf.serialization.registerClass(RegisteredQuantDense as never)
  for (const layer of [
    BilinearResize,
    ChannelMix,
    ChannelPadding,
    InputScale,
    LeakyClip,
    LearnedScale,
    Maxout,
    RPReLU,
    ScaledSum,
    SoftGate,
  ])
    tf.serialization.registerClass(layer as never)
}
