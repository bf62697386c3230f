/** `onebit train`: a recipe becomes a run folder. */
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError, writeFileAtomically } from '@onebit/core'
import type { EngineName, TrainResult, WorkerOptions } from '@onebit/train'
import { type Command, Option } from 'commander'
import { finishCommand, type Host, integer } from '../command.ts'
import { dataShape, loadDataset } from '../datasets/registry.ts'
import { InterruptedError, locateAsync, UsageError } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import { formatCount, formatPercent } from '../format.ts'
import { downloadProgress } from '../progress.ts'
import { composeStage } from '../recipe/compose.ts'
import { type LocatedRecipe, readRecipe } from '../recipe/read-recipe.ts'
import { stagesOf } from '../recipe/stages.ts'
import { Shell } from '../shell.ts'
import { describeShippedRecipes } from '../shipped-recipes.ts'
import { addRecipeFlags, flagValues } from './train-flags.ts'

export interface TrainRunOptions {
  readonly recipe: LocatedRecipe
  /** The run folder. Default: the first free of `runs/NETWORK-1`, `runs/NETWORK-2`, ... */
  readonly out?: string
  readonly engine?: EngineName
  /** Replace a run that is in the folder. */
  readonly force?: boolean
  /** Continue the run in `out` from its last checkpoint. */
  readonly resume?: boolean
  /** Take the folder from a process that is said to train into it but no longer runs. */
  readonly takeOver?: boolean
  /** Steps between checkpoints, beside those of every epoch and minute. */
  readonly checkpointEvery?: number
  /** The file of the threads that decode images, if a bundler moved it. */
  readonly decodeWorker?: URL
}

export interface TrainRunResult extends TrainResult {
  /** The run folder. */
  readonly out: string
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function freeFolder({ recipe }: LocatedRecipe): Promise<string> {
  const { network } = recipe.model
  const name = typeof network === 'string' ? network : network.name
  let number = 1
  while (await exists(join('runs', `${name}-${number}`))) number++
  return join('runs', `${name}-${number}`)
}

/** The recipe as it was when the run began; what `--resume` reads. */
const RECIPE = 'recipe.json'

/** Refuses a folder that holds a run, unless told to replace it, and leaves the recipe there for a later `--resume`. */
async function prepareFolder(out: string, recipe: LocatedRecipe['recipe'], force: boolean): Promise<void> {
  if (!force && (await exists(join(out, 'run.json')))) {
    throw new UsageError({
      what: `'${out}' already holds a run.`,
      fix: `Choose another --out, replace the run with --force, or continue it: onebit train --resume ${out}`,
    })
  }
  try {
    await mkdir(out, { recursive: true })
  } catch (error) {
    throw fileError(`The run folder '${out}' cannot be made.`, error)
  }
  await writeFileAtomically(join(out, RECIPE), new TextEncoder().encode(`${JSON.stringify(recipe, null, 2)}\n`))
}

/** Modules whose plugins threads need: quantizers, and what stages of training bring. */
const THREAD_PLUGINS = ['@onebit/quantizers', '@onebit/train']

function workersOf({ workers, synchronizeBatchNorm }: LocatedRecipe['recipe']['training']): WorkerOptions | undefined {
  if (workers === undefined) return undefined
  return { count: workers, synchronizeBatchNorm, plugins: THREAD_PLUGINS.map((name) => import.meta.resolve(name)) }
}

/**
 * Composes, trains and saves. An aborted `shell.signal` ends training after the step under way; what is trained is saved.
 * @throws RecipeError with the location of a mistake; UsageError, EngineError, DivergenceError, DataError, FileError.
 */
export async function trainRun(options: TrainRunOptions, shell = new Shell()): Promise<TrainRunResult> {
  const { recipe: located, out, engine = 'auto', force = false, resume = false, checkpointEvery, decodeWorker } = options
  const { recipe, locationOf } = located
  const { signal } = shell
  const [{ defaultRegistry }, { checkPlan }, { trainableStages }] = await Promise.all([
    import('../registry.ts'),
    import('../recipe/check-plan.ts'),
    import('../recipe/losses.ts'),
  ])
  checkPlan(located)
  const registry = defaultRegistry()
  // Before anything is downloaded: what the recipe composes fits the data set by its name.
  const shape = await locateAsync(locationOf('dataset'), () => dataShape(recipe.dataset))
  const stages = await trainableStages(registry, located, shape)
  const context = { onProgress: downloadProgress(shell), signal, decodeWorker }
  const data = await locateAsync(locationOf('dataset'), () => loadDataset(recipe.dataset, context))
  if (signal.aborted) throw new InterruptedError({ what: 'Interrupted before training began; nothing was saved.' })
  const { images, source, input, classes } = data
  shell.note(`data    ${data.name}, ${source}: ${formatCount(images.train)} training and ${formatCount(images.test)} test images`)
  for (const note of data.notes ?? []) shell.note(`data    ${note}`)
  const folder = out ?? (await freeFolder(located))
  if (!resume) await prepareFolder(folder, recipe, force)
  const { progressBar, trainStages } = await import('@onebit/train')
  const bar = progressBar(shell.stderr as NodeJS.WriteStream)
  // Ctrl-C ends the bar before its own message appears.
  signal.addEventListener('abort', () => bar({ type: 'end', interrupted: true }), { once: true })
  const names = stagesOf(recipe).map(({ name }) => name)
  const { model, result } = await trainStages({
    data,
    stages,
    compose: async ({ name }) =>
      (await composeStage(registry, located, names.indexOf(name!), { input, classes: classes.length })).model,
    seed: recipe.training.seed,
    workers: workersOf(recipe.training),
    batchSize: recipe.dataset.batch,
    engine,
    out: folder,
    resume,
    overwrite: force,
    takeOver: options.takeOver,
    checkpoint: { everySteps: checkpointEvery },
    progress: false,
    onEvent: bar,
    signal,
    recipe,
  })
  model.dispose()
  return { ...result, out: folder }
}

function print({ out, epochs, interrupted }: TrainRunResult, shell: Shell): void {
  const { bold, yellow } = shell.colors
  const last = epochs.at(-1)
  const accuracy = last ? `  test accuracy ${formatPercent(last.testAccuracy)}` : ''
  shell.print(`${interrupted ? yellow('interrupted; ') : ''}saved ${bold(out)}${accuracy}`)
  shell.print(`next: ${interrupted ? `onebit train --resume ${out}, or ` : ''}onebit freeze ${out}`)
}

interface Flags extends Readonly<Record<string, unknown>> {
  readonly engine?: EngineName
  readonly out?: string
  readonly force?: boolean
  readonly resume?: string
  readonly takeOver?: boolean
  readonly checkpointEvery?: number
}

/** What to train: a run to continue, by its own recipe, or a recipe with flags on top. */
async function optionsOf(file: string | undefined, flags: Flags): Promise<TrainRunOptions> {
  const { engine, out, force, resume, takeOver, checkpointEvery } = flags
  const values = flagValues(flags)
  if (resume === undefined) return { recipe: await readRecipe(file, values), out, engine, force, takeOver, checkpointEvery }
  const given = [...values.map(({ flag }) => flag), out && '--out', force && '--force', file].find(Boolean)
  if (given) {
    throw new UsageError({ what: `A resumed run keeps its recipe and its folder, so '${given}' has no place beside --resume.` })
  }
  if (!(await exists(join(resume, RECIPE)))) {
    throw new UsageError({
      what: `There is no run to resume in '${resume}'.`,
      expected: RECIPE,
      fix: 'Give the folder of `onebit train --out`.',
    })
  }
  return { recipe: await readRecipe(join(resume, RECIPE)), out: resume, engine, resume: true, takeOver, checkpointEvery }
}

const RUN = 'Run:'
const ENGINES: readonly EngineName[] = ['auto', 'wasm', 'node', 'webgpu', 'cpu']

export function addTrain(program: Command, host: Host): void {
  const command = program
    .command('train')
    .description('train a network from a recipe, or from flags')
    .argument('[recipe]', 'a recipe file, or the name of one that ships; flags change parts of it')
  addRecipeFlags(command)
  const runOptions = [
    new Option('--out <folder>', 'run folder (default: the first free of runs/NETWORK-1, runs/NETWORK-2, ...)'),
    new Option('--force', 'replace the run in --out'),
    new Option('--resume <run>', 'continue the run in this folder from its last checkpoint'),
    new Option('--take-over', 'train although a process, which no longer runs, is said to train into the folder'),
    new Option('--checkpoint-every <steps>', 'beside every epoch and every minute').argParser(integer(1)),
    new Option('--engine <name>', 'what trains; auto takes the fastest that starts').choices(ENGINES).default('auto'),
  ]
  for (const option of runOptions) command.addOption(option.helpGroup(RUN))
  finishCommand(command, host, {
    examples: [
      'train recipe.json --out runs/first',
      'train bi-real --out runs/bi-real',
      'train --network resnet-small --block bi-real --activation approx-sign --epochs 5 --out runs/first',
      'train --network resnet-small:width=16,depth=2 --weight ste-sign --optimizer bop:gamma=0.001,rest=adamw',
      'train --data image-folder --data-folder pets --size 64 --mix-up 0.2',
      'train --resume runs/first',
    ],
    notes: `Names take options after a colon. \`onebit plugins\` lists all names and options.
Recipes of several stages that ship, at a scale for Fashion-MNIST; \`onebit recipe NAME\` prints one to change:
${describeShippedRecipes()}
Ctrl-C stops after the step under way and saves the run; a second Ctrl-C stops at once. Either way, and after a crash, --resume continues.`,
    interruptible: true,
    run: async ([file], flags: Flags, shell) => trainRun(await optionsOf(file, flags), shell),
    print,
    exitCode: ({ interrupted }) => (interrupted ? EXIT.interrupted : EXIT.success),
  })
}
