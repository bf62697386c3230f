/**
 * Initializers, regularizers and constraints in the forms that TensorFlow.js' own layers accept: the object, its name
 * (`heNormal`, `he_normal`, `l2`), or the class name and configuration from a saved model.
 */
import { describeValue, nearestNames, OptionError } from '@onebit/core'
import type { serialization } from '@tensorflow/tfjs-core'
import { constraints, initializers, regularizers } from '@tensorflow/tfjs-layers'

export type Initializer = ReturnType<typeof initializers.zeros>
export type Regularizer = ReturnType<typeof regularizers.l1l2>
export type Constraint = ReturnType<typeof constraints.nonNeg>

/** An object of TensorFlow.js, in the form of a saved model. */
export interface SavedObject {
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
}

type Given<Kind> = Kind | SavedObject | string
export type InitializerOption = Given<Initializer>
export type RegularizerOption = Given<Regularizer>
export type ConstraintOption = Given<Constraint>

/** Options of one weight. For `kernel` they are `kernelInitializer`, `kernelRegularizer`, `kernelConstraint`. */
export type WeightOptions<Weight extends string> = {
  readonly [Option in `${Weight}Initializer`]?: InitializerOption
} & {
  readonly [Option in `${Weight}Regularizer`]?: RegularizerOption | null
} & {
  readonly [Option in `${Weight}Constraint`]?: ConstraintOption | null
}

type Factories = Readonly<Record<string, (config: never) => unknown>>

const KINDS = { Initializer: initializers, Regularizer: regularizers, Constraint: constraints } as const
type Kinds = { Initializer: Initializer; Regularizer: Regularizer; Constraint: Constraint }

/** Names that differ only in case and underscores mean the same: `GlorotNormal`, `glorotNormal` and `glorot_normal`. */
const plain = (name: string): string => name.replaceAll('_', '').toLowerCase()

function isSaved(value: object): value is SavedObject {
  return typeof (value as SavedObject).className === 'string' && !('apply' in value)
}

function make(title: string, option: string, kind: keyof Kinds, name: string, config: object): unknown {
  const factories = KINDS[kind] as unknown as Factories
  const known = Object.keys(factories)
  const found = known.find((candidate) => plain(candidate) === plain(name))
  if (found === undefined) {
    const [nearest] = nearestNames(name, known)
    throw new OptionError({
      what: `${title} refuses its option '${option}': there is no ${kind.toLowerCase()} named '${name}'.`,
      expected: known.join(', '),
      fix: nearest && `Did you mean '${nearest}'?`,
    })
  }
  try {
    return factories[found](config as never)
  } catch (error) {
    const what = `${title} refuses its option '${option}': ${(error as Error).message}`
    throw new OptionError({ what, fix: `Give the result of tf.${kind.toLowerCase()}s.${found}(...).` }, { cause: error })
  }
}

/**
 * The object that an option describes, or undefined for none.
 * @throws OptionError on an unknown name, a bad configuration, or any other value.
 */
export function weightOption<Kind extends keyof Kinds>(
  title: string,
  option: string,
  kind: Kind,
  value: unknown,
): Kinds[Kind] | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return make(title, option, kind, value, {}) as Kinds[Kind]
  if (typeof value === 'object' && isSaved(value)) return make(title, option, kind, value.className, value.config) as Kinds[Kind]
  if (typeof value === 'object' && typeof (value as Kinds[Kind]).apply === 'function') return value as Kinds[Kind]
  throw new OptionError({
    what: `${title} refuses its option '${option}'.`,
    expected: `a name, or the result of a function of tf.${kind.toLowerCase()}s`,
    received: describeValue(value),
  })
}

/** The same initializer with a seed. An initializer of a class outside TensorFlow.js is returned as it is. */
export function seeded(initializer: Initializer, seed: number): Initializer {
  const name = initializer.getClassName()
  const factory = Object.entries(initializers as unknown as Factories).find(
    ([candidate]) => plain(candidate) === plain(name),
  )?.[1]
  return factory ? (factory({ ...initializer.getConfig(), seed } as never) as Initializer) : initializer
}

/** The form of an object in a layer's configuration. Settings without a value are left out. */
export function savedObject(object: Initializer | Regularizer | Constraint | undefined): serialization.ConfigDict | null {
  if (!object) return null
  const settings = Object.entries(object.getConfig()).filter(([, value]) => value !== undefined && value !== null)
  return { className: object.getClassName(), config: Object.fromEntries(settings) }
}

/**
 * The initializers of a layer's weights, by the weight's name.
 * @param initial The default initializer of each weight.
 */
export function weightInitializers<Weight extends string>(
  title: string,
  options: { readonly [Option in `${Weight}Initializer`]?: InitializerOption },
  initial: Readonly<Record<Weight, Initializer>>,
): Readonly<Record<Weight, Initializer>> {
  const entries = Object.entries<Initializer>(initial).map(([weight, initializer]) => {
    const option = `${weight}Initializer` as `${Weight}Initializer`
    return [weight, weightOption(title, option, 'Initializer', options[option]) ?? initializer]
  })
  return Object.fromEntries(entries)
}

/**
 * Initializers in a layer's configuration, under names that follow TensorFlow.js' own layers: `thetaInitializer` for the weight
 * `theta`. The trainer initializes weights from them with its own seeds, so that one seed gives one network.
 */
export function savedInitializers(given: Readonly<Record<string, Initializer>>): serialization.ConfigDict {
  return Object.fromEntries(
    Object.entries(given).map(([weight, initializer]) => [`${weight}Initializer`, savedObject(initializer)]),
  )
}
