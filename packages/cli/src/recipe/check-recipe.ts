/** Checks a recipe by the rules of its parts. Every error gives the place of the mistake and the nearest valid name. */
import {
  type AnyOptions,
  describeValue,
  fillOptions,
  nearestNames,
  OptionError,
  type OptionRules,
  type Registry,
  type Task,
} from '@onebit/core'
import type { DatasetPlugin } from '@onebit/data'
import { RecipeError } from '../errors.ts'
import { checkReferences, findPlugin, type ReferenceContext } from './check-references.ts'
import { checkSources } from './check-sources.ts'
import type { CheckedRecipe, RecipeStage } from './recipe.ts'
import { ABOUT_RULES, MODEL_RULES, STAGE_DATASET_RULES, stageRules, trainingRules } from './recipe-rules.ts'

type RawRecord = Readonly<Record<string, unknown>>

const PARTS = ['about', 'plugins', 'dataset', 'model', 'training', 'stages', 'sources']

export const isRecord = (value: unknown): value is RawRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A list in a recipe, if there is one. @throws RecipeError if the value is not a list. */
function listOf(raw: RawRecord, key: 'plugins' | 'stages', locationOf: ReferenceContext['locationOf']): unknown[] | undefined {
  const list = raw[key]
  if (list === undefined || (Array.isArray(list) && list.length > 0)) return list
  throw new RecipeError({
    what: `The recipe's '${key}' cannot be used.`,
    expected: `a list of at least one ${key === 'stages' ? 'stage' : 'name'}`,
    received: describeValue(list),
    location: locationOf(key),
  })
}

/** The names under `plugins`, before any of them is loaded. @throws RecipeError if the value is not a list of names. */
export function pluginNames(raw: unknown, locationOf: ReferenceContext['locationOf']): readonly string[] {
  const list = (isRecord(raw) && listOf(raw, 'plugins', locationOf)) || []
  const place = list.findIndex((name) => typeof name !== 'string' || name === '')
  if (place < 0) return list as string[]
  throw new RecipeError({
    what: `The recipe's 'plugins' cannot be used.`,
    expected: 'names of packages, paths or URLs',
    received: describeValue(list[place]),
    location: locationOf(`plugins[${place}]`),
  })
}

interface CheckedDataset {
  readonly plugin: DatasetPlugin
  readonly dataset: CheckedRecipe['dataset']
}

function checkParts(raw: unknown, locationOf: ReferenceContext['locationOf']): asserts raw is RawRecord {
  if (!isRecord(raw))
    throw new RecipeError({ what: 'The recipe is not an object.', expected: '{ ... }', location: locationOf('') })
  const stranger = Object.keys(raw).find((key) => !PARTS.includes(key))
  if (stranger === undefined) return
  const [nearest] = nearestNames(stranger, PARTS)
  throw new RecipeError({
    what: `A recipe has no part '${stranger}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: `Known: ${PARTS.join(', ')}.`,
    location: locationOf(stranger),
  })
}

/** @throws RecipeError with the location of the first mistake. */
export function checkRecipe(raw: unknown, registry: Registry, locationOf: ReferenceContext['locationOf']): CheckedRecipe {
  checkParts(raw, locationOf)

  const part = (key: string): RawRecord => {
    const value = raw[key]
    if (isRecord(value)) return value
    throw new RecipeError({
      what: value === undefined ? `The recipe has no '${key}'.` : `The recipe's '${key}' is not an object.`,
      expected: `"${key}": { ... }`,
      received: value === undefined ? undefined : describeValue(value),
      location: locationOf(key),
    })
  }

  const context = (task?: Task): ReferenceContext => ({
    known: (kind) => [...(kind === 'loss' && task ? task.losses : []), ...registry.list(kind)],
    locationOf,
  })

  const options = (path: string, rules: OptionRules, given: unknown, task?: Task): AnyOptions => {
    let complete: AnyOptions
    try {
      complete = fillOptions(`The recipe's '${path}'`, rules, given as AnyOptions)
    } catch (error) {
      if (!OptionError.isInstance(error)) throw error
      const location = locationOf(error.option ? `${path}.${error.option}` : path)
      throw new RecipeError({ ...error.parts, location }, { cause: error })
    }
    checkReferences(rules, complete, path, context(task))
    return complete
  }

  const datasetAt = (path: string, { name, ...given }: RawRecord): CheckedDataset => {
    const named = options(path, { name: { type: 'text' } }, { name }).name as string
    const plugin = findPlugin(named, ['dataset'], `${path}.name`, context()) as DatasetPlugin
    return { plugin, dataset: { name: plugin.name, ...options(path, plugin.options, given) } as CheckedRecipe['dataset'] }
  }
  /** Without a name, it is the recipe's data set with other options. */
  const stageDataset = (path: string, given: unknown): RecipeStage['dataset'] => {
    if (!isRecord(given) || given.name === undefined) return options(path, STAGE_DATASET_RULES, given)
    const other = datasetAt(path, given)
    checkTask(other.plugin, `${path}.name`)
    return other.dataset
  }

  const { plugin: dataset, dataset: checkedDataset } = datasetAt('dataset', part('dataset'))
  const model = options('model', MODEL_RULES, { task: dataset.task, ...part('model') }) as CheckedRecipe['model']
  const task = registry.task(model.task as never).plugin
  const checkTask = (plugin: DatasetPlugin, place: string): void => {
    if (task.name === plugin.task) return
    throw new RecipeError({
      what: `The data set '${plugin.name}' has another task than the model.`,
      expected: `a data set of the task '${task.name}'`,
      received: `one of the task '${plugin.task}'`,
      location: locationOf(place),
    })
  }
  checkTask(dataset, 'model.task')

  const stages = listOf(raw, 'stages', locationOf)?.map((stage, index) => {
    const path = `stages[${index}]`
    const { dataset: ofStage, ...rest } = isRecord(stage) ? stage : { dataset: undefined }
    const own = options(path, stageRules(task), isRecord(stage) ? rest : stage, task) as RecipeStage
    return ofStage === undefined ? own : { ...own, dataset: stageDataset(`${path}.dataset`, ofStage) }
  })
  const given = stages && raw.training === undefined ? {} : part('training')
  const training = options('training', trainingRules(task, !stages), given, task)
  const about = raw.about === undefined ? undefined : options('about', ABOUT_RULES, part('about'))
  return {
    ...(about && { about: about as CheckedRecipe['about'] }),
    ...(raw.plugins !== undefined && { plugins: pluginNames(raw, locationOf) }),
    dataset: checkedDataset,
    model,
    training: training as unknown as CheckedRecipe['training'],
    ...(stages && { stages }),
    ...(raw.sources !== undefined && { sources: checkSources(raw, locationOf) }),
  }
}
