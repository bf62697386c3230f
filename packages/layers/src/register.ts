/**
 * Teaches `tf.loadLayersModel` the layers of this package. TensorFlow.js finds classes by name in a map of its own; the
 * classes registered here look quantizers up in the registry they were given.
 */
import type { Configured, Quantizer, QuantizerReference, Registry } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { BilinearResize } from './bilinear-resize.ts'
import { InputScale } from './input-scale.ts'
import { LeakyClip } from './leaky-clip.ts'
import { LearnedScale } from './learned-scale.ts'
import { Maxout } from './maxout.ts'
import { QuantConv2D, type QuantConv2DOptions } from './quant-conv2d.ts'
import { QuantDense, type QuantDenseOptions } from './quant-dense.ts'
import type { QuantizerConfig } from './quantized-layer.ts'
import { RPReLU } from './rprelu.ts'
import { ScaledSum } from './scaled-sum.ts'
import { SoftGate } from './soft-gate.ts'

type SavedOptions<Options> = Omit<Options, 'inputQuantizer' | 'kernelQuantizer'> & {
  inputQuantizer: QuantizerConfig | null
  kernelQuantizer: QuantizerConfig | null
}

function restoreOptions<Options>(registry: Registry, config: SavedOptions<Options>): Options {
  const restore = (saved: QuantizerConfig | null): Configured<Quantizer> | undefined =>
    saved ? registry.quantizer({ name: saved.name, ...saved.options } as QuantizerReference) : undefined
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
  tf.serialization.registerClass(RegisteredQuantConv2D as never)
  tf.serialization.registerClass(RegisteredQuantDense as never)
  for (const layer of [BilinearResize, InputScale, LeakyClip, LearnedScale, Maxout, RPReLU, ScaledSum, SoftGate])
    tf.serialization.registerClass(layer as never)
}
