/**
 * Detects two copies of `@tensorflow/tfjs-layers` in one program. The models and symbolic tensors of one copy mean nothing to the
 * other, and the error messages of TensorFlow.js do not say so.
 */
import { DuplicatePackageError, describeValue, type FreezeError, OptionError } from '@onebit/core'
import * as tfl from '@tensorflow/tfjs-layers'

function otherCopy(what: string): never {
  throw new DuplicatePackageError({
    what: `${what} comes from another copy of @tensorflow/tfjs-layers than the one that @onebit/layers uses.`,
    expected: `one copy, ${tfl.version_layers}`,
    received: 'two',
    fix:
      'See them with `npm ls @tensorflow/tfjs-layers @tensorflow/tfjs-core`, install one version (`npm dedupe`, or `overrides` in ' +
      'package.json), and let a bundler resolve both names to it (`resolve.dedupe`, `alias`).',
  })
}

const has = (value: unknown, ...keys: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && keys.every((key) => key in value)

/**
 * Throws on a symbolic tensor of another copy, which a layer would mistake for numbers.
 * @throws DuplicatePackageError
 */
export function checkInputs(title: string, inputs: unknown): void {
  for (const input of Array.isArray(inputs) ? inputs : [inputs]) {
    if (has(input, 'sourceLayer', 'nodeIndex') && !(input instanceof tfl.SymbolicTensor)) otherCopy(`The input of ${title}`)
  }
}

/**
 * @param Refusal The error to throw on a value that is not a model.
 * @throws DuplicatePackageError on a model of another copy.
 */
export function checkModel(
  where: string,
  model: unknown,
  Refusal: typeof OptionError | typeof FreezeError = OptionError,
): asserts model is tfl.LayersModel {
  if (model instanceof tfl.LayersModel) return
  if (has(model, 'layers', 'inputs', 'outputs')) otherCopy(`The model '${(model as tfl.LayersModel).name}'`)
  throw new Refusal({
    what: `${where} was called with a value that is not a model.`,
    expected: 'a tf.LayersModel',
    received: describeValue(model),
    fix: 'Give the result of tf.model(...), tf.sequential(...) or tf.loadLayersModel(...).',
  })
}
