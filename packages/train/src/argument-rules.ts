/** Rules for the arguments of training. */
import { type Fault, rules, tagOf, type ValueRule, type ValueRules } from '@onebit/core'

const { anything, boolean, callback, either, integer, list, number, object, oneOf, record, rule, text } = rules

/** A path or a name, which cannot be empty. */
export const filledText: ValueRule = rule('a text that is not empty', (value) => typeof value === 'string' && value !== '')
/** A `tf.LayersModel` of any copy of TensorFlow.js. */
export const layersModel: ValueRule = rule(
  'a tf.LayersModel',
  (value) =>
    object({ predict: callback, layers: list(anything), inputs: list(anything), outputs: list(anything) })(value) === undefined,
)
export const task: ValueRule = object({ kind: oneOf(['task']), name: text, runtime: callback })
export const registry: ValueRule = object({ resolve: callback, list: callback })
export const facts: ValueRule = record(rules.json)

const count = integer({ minimum: 0 })
const shape = list(integer({ minimum: 1 }), { length: 3 })
const channels = either(number(), list(number(), { minimum: 1 }))
const normalization = object({ mean: channels, standardDeviation: channels })
const bytes = rule('a Uint8Array', (value) => tagOf(value) === 'Uint8Array')
const someAnnotations = rule('a list', (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value))

const source = object({ epoch: callback, count, batchSize: integer({ minimum: 1 }), shape, normalization, random: object({}) })
const set = object({ images: bytes, annotations: someAnnotations, count, shape, normalization })

/** Checks that the size of a set in memory matches its count and shape. */
function faultOfSizes(value: unknown): Fault | undefined {
  type Sizes = { images: Uint8Array; annotations: ArrayLike<unknown>; count: number; shape: readonly number[] }
  const { images, annotations, count: pictures, shape: sizes } = value as Sizes
  const bytesOfAll = sizes.reduce((product, side) => product * side, pictures)
  if (images.length < bytesOfAll)
    return {
      at: 'images',
      expected: `${bytesOfAll} bytes for ${pictures} pictures of ${sizes.join('x')}`,
      received: `${images.length}`,
    }
  if (annotations.length < pictures)
    return { at: 'annotations', expected: `${pictures} of them`, received: `${annotations.length}` }
  return undefined
}

/** Pictures in memory, or a source of batches. */
export const images: ValueRule = (value) => {
  if (typeof value === 'object' && value !== null && 'epoch' in value) return source(value)
  return set(value) ?? faultOfSizes(value)
}

/** The rules of `CheckpointOptions`. */
export const CHECKPOINT_OPTIONS = {
  everySteps: integer({ minimum: 1 }),
  everySeconds: number({ minimum: 0, maximum: Number.POSITIVE_INFINITY }),
  keep: integer({ minimum: 1 }),
} satisfies ValueRules

/**
 * The rules of `RunOptions`. Settings with rules for flags and recipes are checked with those of the stages, so they are
 * `anything` here.
 */
export const RUN_OPTIONS = {
  data: object(
    { name: text, facts, train: images, test: images },
    { validation: images, task: text, background: oneOf(['dark', 'light']) },
  ),
  task,
  registry,
  batchSize: anything,
  seed: anything,
  initialize: oneOf(['seeded', 'keep']),
  engine: text,
  workers: either(integer({ minimum: 1 }), object({ count: integer({ minimum: 1 }) })),
  out: filledText,
  resume: boolean,
  overwrite: boolean,
  takeOver: boolean,
  checkpoint: record(anything),
  progress: boolean,
  onEvent: callback,
  signal: rules.signal,
  recipe: rules.json,
  warnings: list(text),
} satisfies ValueRules
