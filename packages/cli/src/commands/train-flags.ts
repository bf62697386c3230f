/** The flags of `onebit train`: where each stands in a recipe, and how it is explained. */
import { type Command, Option } from 'commander'
import { integer, real } from '../command.ts'
import { SPLITS } from '../datasets/fashion-mnist.ts'
import { DATASET_NAMES } from '../datasets/registry.ts'
import type { FlagValue } from '../recipe/read-recipe.ts'
import { parseReference } from '../references.ts'

/** A flag that sets `key` in a part of the recipe: by default the key of its own name, `weightDecay` of `--weight-decay`. */
interface RecipeFlag {
  readonly flag: string
  readonly key?: string
  readonly help: string
  readonly parse?: (text: string) => unknown
  readonly choices?: readonly string[]
}

interface FlagGroup {
  readonly title: string
  readonly part: FlagValue['path'][0]
  readonly flags: readonly RecipeFlag[]
}

const GROUPS: readonly FlagGroup[] = [
  {
    title: 'Data:',
    part: 'dataset',
    flags: [
      { flag: '--data <name>', key: 'name', help: `${DATASET_NAMES.join(', ')} (default: fashion-mnist)` },
      { flag: '--data-folder <path>', key: 'folder', help: 'where the data set is' },
      { flag: '--split <split>', help: 'part of fashion-mnist (default: embedded)', choices: SPLITS },
      { flag: '--size <pixels>', help: 'of image files (default: 224)', parse: integer(1) },
      { flag: '--limit <images>', help: 'use only so many images', parse: integer(1) },
      { flag: '--batch <images>', help: 'images in a step (default: 64)', parse: integer(1) },
    ],
  },
  {
    title: 'Network:',
    part: 'model',
    flags: [
      { flag: '--network <name>', help: 'network (default: resnet-small)', parse: parseReference },
      { flag: '--block <name>', help: 'block (default: bi-real)', parse: parseReference },
      { flag: '--activation <name>', help: 'quantizer of activations, or none (default: approx-sign)', parse: parseReference },
      { flag: '--weight <name>', help: 'quantizer of weights, or none (default: magnitude-aware-sign)', parse: parseReference },
    ],
  },
  {
    title: 'Training:',
    part: 'training',
    flags: [
      { flag: '--epochs <number>', help: 'passes over the data (default: 5)', parse: integer(1) },
      { flag: '--optimizer <name>', help: 'sgd, adam, adamw or bop (default: adam)', parse: parseReference },
      { flag: '--learning-rate <rate>', help: 'base rate (default: 0.002)', parse: real },
      {
        flag: '--schedule <name>',
        help: 'of the learning rate (default: linear)',
        choices: ['constant', 'linear', 'cosine'],
      },
      { flag: '--warm-up <epochs>', help: 'in which the rate rises to its base (default: 0)', parse: real },
      { flag: '--weight-decay <factor>', help: 'of kernels (default: 0)', parse: real },
      { flag: '--label-smoothing <share>', help: 'of each target, spread over all classes (default: 0)', parse: real },
      { flag: '--mix-up <alpha>', help: 'mixes pairs of images, 0 to 1 (default: 0)', parse: real },
      { flag: '--clip-norm <length>', help: 'longest gradient (default: 0, any)', parse: real },
      { flag: '--average <decay>', help: 'keep a moving average of the weights, say 0.999 (default: 0)', parse: real },
      { flag: '--workers <threads>', help: 'that share every batch, on the engine wasm (default: 1)', parse: integer(1) },
      { flag: '--seed <number>', help: 'fixes everything random (default: 0)', parse: integer(0) },
    ],
  },
]

function optionOf({ flag, help, parse, choices }: RecipeFlag): Option {
  const option = new Option(flag, help)
  if (choices) option.choices(choices)
  else if (parse) option.argParser(parse)
  return option
}

/** The flags that were given, as changes of a recipe. */
export function flagValues(given: Readonly<Record<string, unknown>>): FlagValue[] {
  return GROUPS.flatMap(({ part, flags }) =>
    flags.flatMap((flag): FlagValue[] => {
      const option = optionOf(flag)
      const name = option.attributeName()
      return given[name] === undefined ? [] : [{ flag: option.long!, path: [part, flag.key ?? name], value: given[name] }]
    }),
  )
}

export function addRecipeFlags(command: Command): void {
  for (const { title, flags } of GROUPS) for (const flag of flags) command.addOption(optionOf(flag).helpGroup(title))
}
