/** Rules for what teachers are made of and asked for. */
import { checkArguments, rules, type ValueRule } from '@onebit/core'
import type * as tf from '@tensorflow/tfjs-core'

const { either, list, number, object, tensor, text } = rules

const perChannel = either(number(), list(number(), { minimum: 1 }))

/** `{ mean, standardDeviation }`, each a number or one for each channel. */
export const normalizationRule: ValueRule = object({ mean: perChannel, standardDeviation: perChannel })

/** @throws OptionError unless they are a batch of pictures and names of inner values. */
export function checkRun(images: tf.Tensor, names: readonly string[]): void {
  checkArguments('run()', { images: [images, tensor], names: [names, list(text)] })
}

/** @throws OptionError unless they are names. */
export function checkNames(names: readonly string[]): void {
  checkArguments('shapesOf()', { names: [names, list(text)] })
}
