/** `onebit train`: trains a recipe into a run folder. */
import { checkArgument, checkOptions, type Reference, rules, type ValueRules } from '@onebit/core'
import { type AugmentationPlugin, DataError, type DatasetPlugin, type LoadContext } from '@onebit/data'
import {
  type EngineName,
  progressBar,
  RUN_SETTINGS,
  type StageOptions,
  type TrainEvent,
  type TrainResult,
  trainStages,
} from '@onebit/train'
import { type Command, Option } from 'commander'
import * as argument from '../argument-rules.ts'
import { type CommonFlags, finishCommand, type Host, integer } from '../command.ts'
import { InterruptedError, locate, locateAsync, UsageError } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import { formatCount, formatMetric } from '../format.ts'
import { shapeOf } from '../open-graph.ts'
import { downloadProgress } from '../progress.ts'
import { checkPlan } from '../recipe/check-plan.ts'
import { composeStage } from '../recipe/compose.ts'
import { trainableStages } from '../recipe/losses.ts'
import { type FlagValue, type LocatedRecipe, readRecipe } from '../recipe/read-recipe.ts'
import { stagesOf } from '../recipe/stages.ts'
import { warningsOf } from '../recipe/warnings.ts'
import { defaultRegistry } from '../registry.ts'
import { Shell } from '../shell.ts'
import { SHIPPED_RECIPES } from '../shipped-recipes.ts'
import { checkRoom, freeFolder, missingFolders, recipeOfRun, removeBeginning, writeRecipe } from '../train/run-place.ts'
import { type Load, stageData } from '../train/stage-data.ts'
import { withTeacherCaches } from '../train/teacher-folder.ts'
import { workersOf } from '../train/thread-modules.ts'
import { addRecipeFlags } from './train-flags.ts'

export interface TrainRunOptions {
  readonly recipe: LocatedRecipe
  /** The run folder. Default: the first free of `runs/NETWORK-1`, `runs/NETWORK-2`, ... */
  readonly out?: string
  /** Default: a resumed run uses the engine it began on, other runs the fastest that starts. */
  readonly engine?: EngineName
  /** Replace a run that is already in the folder. */
  readonly force?: boolean
  /** Continue the run in `out` from its last checkpoint. */
  readonly resume?: boolean
  /** Treatment of files that cannot be decoded; overrides the recipe, also for a resumed run. */
  readonly badFiles?: 'throw' | 'skip'
  /** Take the folder over from a process that locked it but no longer runs. */
  readonly takeOver?: boolean
  /** Steps between checkpoints, in addition to those after every epoch and every minute. */
  readonly checkpointEvery?: number
  /** URL of the script of the decoding threads, if a bundler moved it. */
  readonly decodeWorker?: URL
}

const OPTIONS: ValueRules<keyof TrainRunOptions> = {
  recipe: argument.locatedRecipe,
  out: argument.localPath,
  engine: argument.filledText,
  force: rules.boolean,
  resume: rules.boolean,
  badFiles: rules.oneOf(['throw', 'skip']),
  takeOver: rules.boolean,
  checkpointEvery: rules.integer({ minimum: 1 }),
  decodeWorker: rules.address,
}

export interface TrainRunResult extends TrainResult {
  /** The run folder. */
  readonly out: string
}

/** Loads data sets of a recipe. @returns a function of the data set and of the place where the recipe says it. */
function loader(
  { registry, modules, locationOf }: LocatedRecipe,
  { badFiles, decodeWorker }: TrainRunOptions,
  shell: Shell,
): Load {
  const context: LoadContext = {
    onProgress: downloadProgress(shell),
    signal: shell.signal,
    decodeWorker,
    augmentations: registry.list('augmentation') as AugmentationPlugin[],
    plugins: modules,
  }
  return (dataset, place) => {
    const asked = { ...dataset, ...(badFiles !== undefined && { badFiles }) }
    const { plugin, options } = locate('--bad-files', () => registry.resolve('dataset', asked as Reference))
    return locateAsync(locationOf(place), () => (plugin as DatasetPlugin).load(options, context))
  }
}

/** True if removing the folder would lose work. The checkpoint before the first step is no work. */
function isWork(event: TrainEvent): boolean {
  return ['step', 'epoch', 'partial'].includes(event.type) || (event.type === 'checkpoint' && event.step > 0)
}

/** Adds the next step for the user to the error of a bad file. @param out The folder, if the run can be continued. */
function withWayOn(error: unknown, out: string | undefined): unknown {
  if (!DataError.isInstance(error) || !['decode', 'empty'].includes(error.reason) || error.file === undefined) return error
  const again = out === undefined ? 'train again' : `continue with \`onebit train --resume ${out}\``
  const fix = `Mend or replace the file and ${again}, or leave such files out: add --bad-files skip.`
  return new DataError({ ...error.parts, reason: error.reason, file: error.file, fix }, { cause: error })
}

/**
 * Composes, trains and saves. If `shell.signal` aborts, training ends after the current step, and the weights are saved. A
 * refused run leaves its folder unchanged.
 * @throws RecipeError with the location of a mistake; UsageError, EngineError, DivergenceError, DataError, FileError; RunError if
 * another process trains into the folder.
 */
export async function trainRun(options: TrainRunOptions, shell = new Shell()): Promise<TrainRunResult> {
  checkArgument('trainRun()', 'shell', shell, argument.shell)
  checkOptions('trainRun()', options, OPTIONS, ['recipe'])
  const { recipe: located, force = false, resume = false } = options
  checkPlan(located)
  if (options.out !== undefined && !force && !resume) await checkRoom(options.out)
  // Check before any download that the composed model fits the data set, by its name.
  const trainable = await trainableStages(located, await shapeOf(located))
  try {
    return await trainOpened(options, trainable.stages, shell)
  } finally {
    trainable.dispose()
  }
}

async function trainOpened(options: TrainRunOptions, stages: readonly StageOptions[], shell: Shell): Promise<TrainRunResult> {
  const { recipe: located, engine, force = false, resume = false, checkpointEvery } = options
  const { recipe, registry } = located
  const { signal } = shell
  const warnings = warningsOf(located)
  for (const warning of warnings) shell.note(warning)
  const load = loader(located, options, shell)
  const data = await load(recipe.dataset, 'dataset')
  const ofStages = await stageData(located, data, load)
  if (signal.aborted) throw new InterruptedError({ what: 'Interrupted before training began; nothing was saved.' })
  shell.note(`data    ${data.name}, ${data.source}: ${describeImages(data.images)}`)
  for (const note of data.notes ?? []) shell.note(`data    ${note}`)
  const out = options.out ?? (await freeFolder(recipe))
  const missing = await missingFolders(out)
  const bar = progressBar(shell.stderr as NodeJS.WriteStream)
  // End the bar on Ctrl-C before its message appears.
  signal.addEventListener('abort', () => bar({ type: 'end', interrupted: true }), { once: true })
  // Tracks the content of the folder: an older run, a run that has only begun, or a run worth continuing.
  let folderHolds = (resume ? 'work' : 'before') as 'before' | 'beginning' | 'work'
  const onEvent = (event: TrainEvent): void => {
    // From here on the folder belongs to this run: it was empty, or its old run was to be replaced.
    if (event.type === 'start' && !resume) {
      folderHolds = 'beginning'
      writeRecipe(out, recipe)
    }
    if (isWork(event)) folderHolds = 'work'
    bar(event)
  }
  const names = stagesOf(recipe).map(({ name }) => name)
  try {
    const { model, result } = await trainStages({
      data,
      task: registry.task(recipe.model.task as never).plugin,
      registry,
      stages: withTeacherCaches(
        stages.map((stage, index) => ({ ...stage, ...ofStages[index] })),
        out,
      ),
      compose: async ({ name }: { readonly name?: string }) => (await composeStage(located, names.indexOf(name!), data)).model,
      seed: recipe.training.seed,
      workers: workersOf(located),
      batchSize: recipe.dataset.batch,
      engine,
      out,
      resume,
      overwrite: force,
      takeOver: options.takeOver,
      checkpoint: { everySteps: checkpointEvery },
      progress: false,
      onEvent,
      signal,
      recipe,
      warnings,
    })
    model.dispose()
    return { ...result, out }
  } catch (error) {
    if (folderHolds === 'beginning') await removeBeginning(out, missing)
    throw withWayOn(error, folderHolds === 'work' ? out : undefined)
  }
}

function describeImages({ train, validation, test }: { train: number; validation: number; test: number }): string {
  const parts = [`${formatCount(train)} training`, validation > 0 && `${formatCount(validation)} validation`]
  return `${parts.filter(Boolean).join(', ')} and ${formatCount(test)} test images`
}

function print({ out, epochs, metrics, evaluated, test, interrupted }: TrainRunResult, shell: Shell): void {
  const { bold, yellow } = shell.colors
  const [headline] = metrics
  const value = (test ?? epochs.at(-1)?.evaluation)?.[headline.name]
  const part = test ? 'test' : evaluated
  const measured = value === undefined ? '' : `  ${part} ${headline.name} ${formatMetric(headline, value)}`
  shell.print(`${interrupted ? yellow('interrupted; ') : ''}saved ${bold(out)}${measured}`)
  shell.print(`next: ${interrupted ? `onebit train --resume ${out}, or ` : ''}onebit freeze ${out}`)
}

interface Flags extends Readonly<Record<string, unknown>>, CommonFlags {
  readonly engine?: EngineName
  readonly out?: string
  readonly force?: boolean
  readonly resume?: string
  readonly takeOver?: boolean
  readonly checkpointEvery?: number
}

const BAD_FILES = '--bad-files'

/** The run to train: one to continue, with its own recipe, or a recipe with flags on top. */
async function optionsOf(file: string | undefined, flags: Flags, values: readonly FlagValue[]): Promise<TrainRunOptions> {
  const { engine, out, force, resume, takeOver, checkpointEvery, plugins } = flags
  if (resume === undefined) {
    return { recipe: await readRecipe(file, values, { plugins }), out, engine, force, takeOver, checkpointEvery }
  }
  const [badFiles] = values.filter(({ flag }) => flag === BAD_FILES)
  const others = values.filter(({ flag }) => flag !== BAD_FILES)
  const given = [...others.map(({ flag }) => flag), out && '--out', force && '--force', file].find(Boolean)
  if (given) {
    throw new UsageError({
      what: `A resumed run keeps its recipe and its folder, so '${given}' cannot be combined with --resume.`,
    })
  }
  const recipe = await readRecipe(await recipeOfRun(resume), [], { plugins })
  const skipped = badFiles?.value as TrainRunOptions['badFiles']
  return { recipe, out: resume, engine, resume: true, takeOver, checkpointEvery, badFiles: skipped }
}

const RUN = 'Run:'

export function addTrain(command: Command, host: Host): void {
  command.argument('[recipe]', 'a recipe file, or the name of a built-in recipe; flags change parts of it')
  const changes = addRecipeFlags(command, defaultRegistry())
  const runOptions = [
    new Option('--out <folder>', 'run folder (default: the first free of runs/NETWORK-1, runs/NETWORK-2, ...)'),
    new Option('--force', 'replace the run in --out'),
    new Option('--resume <run>', 'continue the run in this folder from its last checkpoint'),
    new Option('--take-over', 'take the folder over from a process that locked it but no longer runs'),
    new Option(
      '--checkpoint-every <steps>',
      'write checkpoints every so many steps too, beside every epoch and minute',
    ).argParser(integer(1)),
    new Option(
      '--engine <name>',
      'training engine (default: auto, the fastest that starts; a resumed run keeps its engine)',
    ).choices(RUN_SETTINGS.engine.values),
  ]
  for (const option of runOptions) command.addOption(option.helpGroup(RUN))
  finishCommand(command, host, {
    examples: [
      'train recipe.json --out runs/first',
      'train bi-real --out runs/bi-real',
      'train --network resnet-small --block bi-real --activation approx-sign --epochs 5 --out runs/first',
      'train --network resnet-small:width=16,depth=2 --weight ste-sign --optimizer bop:gamma=0.001,rest=adamw',
      'train --data image-folder --data-folder pets --size 64 --mix-up 0.2 --validation 0.1 --keep best',
      'train --resume runs/first',
    ],
    notes: `Names take options after a colon. \`onebit plugins\` lists all names and options.
Built-in recipes; \`onebit recipe\` describes them, and \`onebit recipe NAME\` prints one:
${SHIPPED_RECIPES.join(', ')}.
Ctrl-C stops after the step under way and saves the run; a second Ctrl-C stops at once. Either way, and after a crash, --resume continues.`,
    interruptible: true,
    run: async ([file], flags: Flags, shell) => trainRun(await optionsOf(file, flags, changes(flags)), shell),
    print,
    exitCode: ({ interrupted }) => (interrupted ? EXIT.interrupted : EXIT.success),
  })
}
