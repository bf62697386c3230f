/** The weights that threads exchange by position: those of a model in its order, then the variables of its distillers. */
import type * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { DistillerVariables } from '../losses/distiller-variables.ts'
import { namedWeights } from '../model/named-weights.ts'

/** A weight of a layer fits this type too. */
export interface ExchangedWeight {
  readonly shape: readonly (number | null)[]
  read(): tf.Tensor
  write(value: tf.Tensor): unknown
}

export function exchangedWeights(model: LayersModel, distillers: DistillerVariables): ExchangedWeight[] {
  const own: ExchangedWeight[] = [...namedWeights(model).values()]
  const others = distillers.all.map(({ variable }) => ({
    shape: variable.shape,
    read: (): tf.Tensor => variable,
    write: (value: tf.Tensor): void => variable.assign(value),
  }))
  return [...own, ...others]
}
