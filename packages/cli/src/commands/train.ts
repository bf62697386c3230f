/** `onebit train`: a recipe becomes a run folder. */
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '@onebit/core'
import type { EngineName, TrainResult } from '@onebit/train'
import { type Command, Option } from 'commander'
import { finishCommand, type Host, integer, real } from '../command.ts'
import { datasetEntry, loadDataset, SPLITS } from '../datasets.ts'
import { InterruptedError, locate, UsageError } from '../errors.ts'
import { EXIT } from '../exit-codes.ts'
import { formatPercent } from '../format.ts'
import { downloadProgress } from '../progress.ts'
import { composeModel } from '../recipe/compose.ts'
import { type FlagValue, type LocatedRecipe, readRecipe } from '../recipe/read-recipe.ts'
import { parseReference } from '../references.ts'
import { Shell } from '../shell.ts'

export interface TrainRunOptions {
  readonly recipe: LocatedRecipe
  /** The run folder. Default: the first free of `runs/NETWORK-1`, `runs/NETWORK-2`, ... */
  readonly out?: string
  readonly engine?: EngineName
  /** Replace a run that is in the folder. */
  readonly force?: boolean
  /** Continue the run in `out` from its last checkpoint. */
  readonly resume?: boolean
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
  await mkdir(out, { recursive: true })
  await writeFileAtomically(join(out, RECIPE), new TextEncoder().encode(`${JSON.stringify(recipe, null, 2)}\n`))
}

/**
 * Composes, trains and saves. An aborted `shell.signal` ends training after the step under way; what is trained is saved.
 * @throws RecipeError with the location of a mistake; UsageError, EngineError, DivergenceError, DataError, FileError.
 */
export async function trainRun(
  { recipe: located, out, engine = 'auto', force = false, resume = false }: TrainRunOptions,
  shell = new Shell(),
): Promise<TrainRunResult> {
  const { recipe, locationOf } = located
  const { defaultRegistry } = await import('../registry.ts')
  const entry = locate(locationOf('dataset.name'), () => datasetEntry(recipe.dataset.name))
  const folder = out ?? (await freeFolder(located))
  const model = await composeModel(defaultRegistry(), located, entry)
  const { name, split, batch, limit, normalization } = recipe.dataset
  const data = await loadDataset(name, {
    split,
    limit,
    normalization,
    onProgress: downloadProgress(shell),
    signal: shell.signal,
  })
  if (shell.signal.aborted) throw new InterruptedError({ what: 'Interrupted before training began; nothing was saved.' })
  shell.note(`data    ${data.name}, ${data.source}: ${data.train.count} training and ${data.test.count} test images`)
  if (!resume) await prepareFolder(folder, recipe, force)
  const { progressBar, train } = await import('@onebit/train')
  const bar = progressBar(shell.stderr as NodeJS.WriteStream)
  // Ctrl-C ends the bar before its own message appears.
  shell.signal.addEventListener('abort', () => bar({ type: 'end', interrupted: true }), { once: true })
  const result = await train(model, {
    ...recipe.training,
    data,
    batchSize: batch,
    engine,
    out: folder,
    resume,
    overwrite: force,
    progress: false,
    onEvent: bar,
    signal: shell.signal,
    recipe: { ...recipe, dataset: { ...recipe.dataset, normalization: data.normalization } },
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

interface Flags {
  data?: string
  split?: string
  limit?: number
  batch?: number
  network?: string
  block?: string
  activation?: string
  weight?: string
  epochs?: number
  learningRate?: number
  schedule?: string
  labelSmoothing?: number
  seed?: number
  engine?: EngineName
  out?: string
  force?: boolean
  resume?: string
}

/** What to train: a run to continue, by its own recipe, or a recipe with flags on top. */
async function optionsOf(file: string | undefined, flags: Flags): Promise<TrainRunOptions> {
  const { engine, out, force, resume } = flags
  const values = flagValues(flags)
  if (resume === undefined) return { recipe: await readRecipe(file, values), out, engine, force }
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
  return { recipe: await readRecipe(join(resume, RECIPE)), out: resume, engine, resume: true }
}

function flagValues(flags: Flags): FlagValue[] {
  const reference = (text: string | undefined): unknown => (text === undefined ? undefined : parseReference(text))
  const all: FlagValue[] = [
    { flag: '--data', path: ['dataset', 'name'], value: flags.data },
    { flag: '--split', path: ['dataset', 'split'], value: flags.split },
    { flag: '--limit', path: ['dataset', 'limit'], value: flags.limit },
    { flag: '--batch', path: ['dataset', 'batch'], value: flags.batch },
    { flag: '--network', path: ['model', 'network'], value: reference(flags.network) },
    { flag: '--block', path: ['model', 'block'], value: reference(flags.block) },
    { flag: '--activation', path: ['model', 'activation'], value: reference(flags.activation) },
    { flag: '--weight', path: ['model', 'weight'], value: reference(flags.weight) },
    { flag: '--epochs', path: ['training', 'epochs'], value: flags.epochs },
    { flag: '--learning-rate', path: ['training', 'learningRate'], value: flags.learningRate },
    { flag: '--schedule', path: ['training', 'schedule'], value: flags.schedule },
    { flag: '--label-smoothing', path: ['training', 'labelSmoothing'], value: flags.labelSmoothing },
    { flag: '--seed', path: ['training', 'seed'], value: flags.seed },
  ]
  return all.filter(({ value }) => value !== undefined)
}

export function addTrain(program: Command, host: Host): void {
  const command = program
    .command('train')
    .description('train a network from a recipe, or from flags')
    .argument('[recipe]', 'a recipe file; flags change parts of it')
    .option('--data <name>', 'data set (default: fashion-mnist)')
    .addOption(new Option('--split <split>', 'which part of the data set (default: embedded)').choices(SPLITS))
    .option('--limit <images>', 'use only the first images of the data set', integer(1))
    .option('--batch <images>', 'images in a step (default: 64)', integer(1))
    .option('--network <name>', 'network (default: resnet-small)')
    .option('--block <name>', 'block (default: bi-real)')
    .option('--activation <name>', 'quantizer of activations, or none (default: approx-sign)')
    .option('--weight <name>', 'quantizer of weights, or none (default: magnitude-aware-sign)')
    .option('--epochs <number>', 'passes over the data (default: 5)', integer(1))
    .option('--learning-rate <rate>', 'base rate of Adam (default: 0.002)', real)
    .addOption(
      new Option('--schedule <name>', 'of the learning rate (default: linear)').choices(['constant', 'linear', 'cosine']),
    )
    .option('--label-smoothing <share>', 'of each target, spread over all classes (default: 0)', real)
    .option('--seed <number>', 'fixes initial weights, order of the images and stochastic quantizers (default: 0)', integer(0))
    .addOption(new Option('--engine <name>', 'TensorFlow.js backend').choices(['auto', 'node', 'wasm', 'cpu']).default('auto'))
    .option('--out <folder>', 'run folder (default: the first free of runs/NETWORK-1, runs/NETWORK-2, ...)')
    .option('--force', 'replace the run in --out')
    .option('--resume <run>', 'continue the run in this folder from its last checkpoint')
  finishCommand<TrainRunResult>(command, host, {
    examples: [
      'train recipe.json --out runs/first',
      'train --network resnet-small --block bi-real --activation approx-sign --epochs 5 --out runs/first',
      'train --network resnet-small:width=16,depth=2 --weight magnitude-aware-sign:scale=per-tensor',
      'train --resume runs/first',
    ],
    notes: `Names take options after a colon. \`onebit plugins\` lists all names and options.
Ctrl-C stops after the step under way and saves the run; a second Ctrl-C stops at once. Either way, and after a crash, --resume continues.`,
    interruptible: true,
    run: async ([file], flags: Flags, shell) => trainRun(await optionsOf(file, flags), shell),
    print,
    exitCode: ({ interrupted }) => (interrupted ? EXIT.interrupted : EXIT.success),
  })
}
