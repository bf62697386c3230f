/** The weights that optimizers move, each with its kind, and the selectors of stages, by kind or by name. */
import { checkArguments, nearestNames, OptionError, type OptionRule, rules } from '@onebit/core'
import { QuantizedLayer, QuantizerVariables } from '@onebit/layers'
import type * as tf from '@tensorflow/tfjs-core'
import type { LayersModel, layers } from '@tensorflow/tfjs-layers'
import { layersModel } from '../argument-rules.ts'
import { namedLayers, namedWeights } from './named-weights.ts'

/** Every weight has one of these kinds. */
const KINDS = ['binary-kernel', 'real-kernel', 'bias', 'batch-norm', 'quantizer', 'distiller', 'other'] as const
export type WeightKind = (typeof KINDS)[number]

/** Selects weights by kind (`kernel`: both kinds of kernels), or by the name of the weight or its layer; `*` is any text. */
export type WeightSelector = WeightKind | 'kernel' | { readonly name: string }

/** The rule of a list of selectors. */
export function selectorsRule(description: string) {
  return {
    type: 'list',
    of: {
      type: 'union',
      of: [
        { type: 'choice', values: ['kernel', ...KINDS] },
        { type: 'record', fields: { name: { type: 'text', description: "a layer's name or a weight's, * for any text" } } },
      ],
    },
    minLength: 1,
    optional: true,
    description,
  } as const satisfies OptionRule
}

/** The properties of a weight that optimizers use. */
export interface TrainedWeight {
  /** Stable: `stage1.block1.conv1/kernel`. */
  readonly name: string
  readonly kind: WeightKind
  readonly variable: tf.Variable
}

/** The choice of weights that a stage trains. */
export interface TrainedChoice {
  /** Absent: all. */
  readonly trainable?: readonly WeightSelector[]
  /** Absent: none. */
  readonly fixed?: readonly WeightSelector[]
}

/** @param weight The name of the layer's weight without the layer's: `kernel`. */
export function kindOf(layer: layers.Layer, weight: string): WeightKind {
  if (layer.getClassName() === 'BatchNormalization') return 'batch-norm'
  if (layer instanceof QuantizerVariables) return 'quantizer'
  if (layer instanceof QuantizedLayer) {
    if (/^(input|kernel)_quantizer_/.test(weight)) return 'quantizer'
    // A real stand-in leaves the kernel real.
    const { thresholds = 'one' } = layer.quantizer('weight')?.plugin ?? { thresholds: 'none' }
    if (weight === 'kernel') return thresholds === 'none' ? 'real-kernel' : 'binary-kernel'
  }
  if (/(^|_)kernel$/.test(weight)) return 'real-kernel'
  return weight === 'bias' ? 'bias' : 'other'
}

/** True if weight decay acts on the weight by default. */
export function isKernel({ kind, name }: Pick<TrainedWeight, 'kind' | 'name'>): boolean {
  return kind === 'binary-kernel' || kind === 'real-kernel' || (kind === 'distiller' && /(^|[/_])kernel$/.test(name))
}

/** A pattern such as `stage1.*` as a regular expression for names of weights. */
function pattern(name: string): RegExp {
  const parts = name.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}(/[^/]+)?$`)
}

/** True if one of the selectors selects the weight. */
export function isSelected({ kind, name }: Pick<TrainedWeight, 'kind' | 'name'>, selectors: readonly WeightSelector[]): boolean {
  return selectors.some((selector) => {
    if (typeof selector === 'object') return pattern(selector.name).test(name)
    return selector === kind || (selector === 'kernel' && (kind === 'binary-kernel' || kind === 'real-kernel'))
  })
}

/** The trainable weights of a model, in its order. */
function modelWeights(model: LayersModel): TrainedWeight[] {
  const trainable = new Set(model.trainableWeights)
  const layersByPath = new Map(namedLayers(model).map(({ path, layer }) => [path, layer]))
  return Array.from(namedWeights(model))
    .filter(([, weight]) => trainable.has(weight))
    .map(([name, weight]) => {
      const at = name.lastIndexOf('/')
      const own = name.slice(at + 1).replace(/#\d+$/, '')
      return { name, kind: kindOf(layersByPath.get(name.slice(0, at))!, own), variable: weight.read() as tf.Variable }
    })
}

/** The variables that a stage trains: those of the model in its order, then those of the distillers. */
export function trainedWeights(
  model: LayersModel,
  distillers: readonly { readonly name: string; readonly variable: tf.Variable }[],
  { trainable, fixed = [] }: TrainedChoice,
): TrainedWeight[] {
  const all = [...modelWeights(model), ...distillers.map((own) => ({ ...own, kind: 'distiller' as const }))]
  return all.filter((weight) => (trainable ? isSelected(weight, trainable) : true) && !isSelected(weight, fixed))
}

/** The selectors of a stage, by their purpose. */
interface Selections extends TrainedChoice {
  readonly groups?: readonly { readonly weights?: readonly WeightSelector[] }[]
  readonly initial?: readonly { readonly weights: readonly WeightSelector[] }[]
}

/** Every list of selectors, by its path in the stage's options. */
function selectorLists({ trainable, fixed, groups = [], initial = [] }: Selections): [string, readonly WeightSelector[]][] {
  const lists: [string, readonly WeightSelector[] | undefined][] = [
    ['trainable', trainable],
    ['fixed', fixed],
    ...groups.map(({ weights }, index) => [`groups[${index}].weights`, weights] as [string, readonly WeightSelector[]]),
    ...initial.map(({ weights }, index) => [`initial[${index}].weights`, weights] as [string, readonly WeightSelector[]]),
  ]
  return lists.flatMap(([path, list]): [string, readonly WeightSelector[]][] => (list ? [[path, list]] : []))
}

/**
 * Checks that the names in a stage's selectors belong to weights of its model. Kinds may select nothing, because stages of one
 * run differ.
 * @param title Name of the stage at the beginning of error sentences: `Stage 'x'`.
 * @throws OptionError with the nearest name, or if no weight is left to train; `option` is the path of the selector.
 */
export function checkSelectors(model: LayersModel, stage: Selections, title: string): void {
  checkArguments('checkSelectors()', {
    model: [model, layersModel],
    stage: [stage, rules.object({})],
    title: [title, rules.text],
  })
  const weights = modelWeights(model)
  for (const [path, selectors] of selectorLists(stage)) {
    for (const [index, selector] of selectors.entries()) {
      if (typeof selector !== 'object' || weights.some((weight) => isSelected(weight, [selector]))) continue
      const known = [...new Set(weights.map(({ name }) => name.slice(0, name.lastIndexOf('/'))))]
      const [nearest] = nearestNames(selector.name, known)
      throw new OptionError({
        option: `${path}[${index}].name`,
        what: `${title} has no weight that the name '${selector.name}' in its '${path}' means.`,
        expected: 'the name of a layer or of a weight, with * for any text',
        fix: nearest ? `Did you mean '${nearest}'?` : `Its layers: ${known.join(', ')}.`,
      })
    }
  }
  if (trainedWeights(model, [], stage).length > 0 || stage.trainable?.includes('distiller')) return
  throw new OptionError({
    option: stage.trainable ? 'trainable' : 'fixed',
    what: `${title} leaves nothing to train.`,
    expected: "at least one weight that is 'trainable' and not 'fixed'",
    fix: 'Widen the one or narrow the other.',
  })
}
