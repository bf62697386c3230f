/**
 * Initializers in a layer's configuration, under the names that TensorFlow.js gives those of its own layers: `thetaInitializer` for the
 * weight `theta`. The trainer draws weights anew from them, with seeds of its own, so that one seed gives one network.
 */
import type { serialization } from '@tensorflow/tfjs-core'
import type { initializers } from '@tensorflow/tfjs-layers'

type Initializer = ReturnType<typeof initializers.zeros>

/** @param given By the weight's name. */
export function toldInitializers(given: Readonly<Record<string, Initializer>>): serialization.ConfigDict {
  return Object.fromEntries(
    Object.entries(given).map(([weight, initializer]) => [
      `${weight}Initializer`,
      { className: initializer.getClassName(), config: initializer.getConfig() },
    ]),
  )
}
