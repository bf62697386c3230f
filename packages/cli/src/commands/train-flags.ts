/** The flags of `onebit train`: where each stands in a recipe, and how it is explained. */
import { type Command, Option } from 'commander'
import { integer, real } from '../command.ts'
import { SPLITS } from '../datasets/fashion-mnist.ts'
import { DATASET_NAMES } from '../datasets/registry.ts'
import type { FlagValue } from '../recipe/read-recipe.ts'
import { parseReference } from '../references.ts'

/** A flag that changes a part of the recipe. */
interface RecipeFlag {
  readonly flag: string
  readonly path: FlagValue['path']
  readonly help: string
  readonly parse?: (text: string) => unknown
  readonly choices?: readonly string[]
}

const GROUPS: Readonly<Record<string, readonly RecipeFlag[]>> = {
  'Data:': [
    { flag: '--data <name>', path: ['dataset', 'name'], help: `${DATASET_NAMES.join(', ')} (default: fashion-mnist)` },
    { flag: '--data-folder <path>', path: ['dataset', 'folder'], help: 'where the data set is' },
    { flag: '--split <split>', path: ['dataset', 'split'], help: 'part of fashion-mnist (default: embedded)', choices: SPLITS },
    { flag: '--size <pixels>', path: ['dataset', 'size'], help: 'of image files (default: 224)', parse: integer(1) },
    { flag: '--limit <images>', path: ['dataset', 'limit'], help: 'use only so many images', parse: integer(1) },
    { flag: '--batch <images>', path: ['dataset', 'batch'], help: 'images in a step (default: 64)', parse: integer(1) },
  ],
  'Network:': [
    { flag: '--network <name>', path: ['model', 'network'], help: 'network (default: resnet-small)', parse: parseReference },
    { flag: '--block <name>', path: ['model', 'block'], help: 'block (default: bi-real)', parse: parseReference },
    {
      flag: '--activation <name>',
      path: ['model', 'activation'],
      help: 'quantizer of activations, or none (default: approx-sign)',
      parse: parseReference,
    },
    {
      flag: '--weight <name>',
      path: ['model', 'weight'],
      help: 'quantizer of weights, or none (default: magnitude-aware-sign)',
      parse: parseReference,
    },
  ],
  'Training:': [
    { flag: '--epochs <number>', path: ['training', 'epochs'], help: 'passes over the data (default: 5)', parse: integer(1) },
    {
      flag: '--optimizer <name>',
      path: ['training', 'optimizer'],
      help: 'sgd, adam, adamw or bop (default: adam)',
      parse: parseReference,
    },
    { flag: '--learning-rate <rate>', path: ['training', 'learningRate'], help: 'base rate (default: 0.002)', parse: real },
    {
      flag: '--schedule <name>',
      path: ['training', 'schedule'],
      help: 'of the learning rate (default: linear)',
      choices: ['constant', 'linear', 'cosine'],
    },
    {
      flag: '--warm-up <epochs>',
      path: ['training', 'warmUp'],
      help: 'in which the rate rises to its base (default: 0)',
      parse: real,
    },
    { flag: '--weight-decay <factor>', path: ['training', 'weightDecay'], help: 'of kernels (default: 0)', parse: real },
    {
      flag: '--label-smoothing <share>',
      path: ['training', 'labelSmoothing'],
      help: 'of each target, spread over all classes (default: 0)',
      parse: real,
    },
    { flag: '--mix-up <alpha>', path: ['training', 'mixUp'], help: 'mixes pairs of images, 0 to 1 (default: 0)', parse: real },
    { flag: '--clip-norm <length>', path: ['training', 'clipNorm'], help: 'longest gradient (default: 0, any)', parse: real },
    {
      flag: '--average <decay>',
      path: ['training', 'average'],
      help: 'keep a moving average of the weights, say 0.999 (default: 0)',
      parse: real,
    },
    {
      flag: '--workers <threads>',
      path: ['training', 'workers'],
      help: 'that share every batch, on the engine wasm (default: 1)',
      parse: integer(1),
    },
    { flag: '--seed <number>', path: ['training', 'seed'], help: 'fixes everything random (default: 0)', parse: integer(0) },
  ],
}

const recipeFlags = Object.values(GROUPS).flat()
const longName = ({ flag }: RecipeFlag): string => flag.split(' ')[0]

/** `--weight-decay` is `weightDecay` among parsed flags. */
const attribute = (flag: RecipeFlag): string => new Option(flag.flag).attributeName()

/** The flags that were given, as changes of a recipe. */
export function flagValues(flags: Readonly<Record<string, unknown>>): FlagValue[] {
  return recipeFlags
    .filter((flag) => flags[attribute(flag)] !== undefined)
    .map((flag) => ({ flag: longName(flag), path: flag.path, value: flags[attribute(flag)] }))
}

function addOption(command: Command, { flag, help, parse, choices }: RecipeFlag, group: string): void {
  const option = new Option(flag, help).helpGroup(group)
  if (choices) option.choices(choices)
  else if (parse) option.argParser(parse)
  command.addOption(option)
}

export function addRecipeFlags(command: Command): void {
  for (const [group, flags] of Object.entries(GROUPS)) for (const flag of flags) addOption(command, flag, group)
}
