/** `onebit eval`: measures a frozen file with the metrics of its task. */
import {
  checkArgument,
  checkOptions,
  FileError,
  type LoadedNetwork,
  load,
  type MetricInfo,
  type MetricTable,
  rules,
  type ValueRules,
} from '@onebit/core'
import { type Batch, type BatchSource, batches, commonRules, type ImageSet, type LoadContext } from '@onebit/data'
import { readPictureMetadata, withMirrorImage } from '@onebit/image'
import { type Command, Option } from 'commander'
import * as argument from '../argument-rules.ts'
import { backendNamed, batchSizeFor, DEFAULT_BACKEND, tellChoice } from '../backends.ts'
import { finishCommand, type Host, integer } from '../command.ts'
import { InterruptedError, UsageError } from '../errors.ts'
import { checkFacts, checkShape } from '../evaluate/check-fit.ts'
import { type ChosenDataset, chooseDataset, type DatasetRequest } from '../evaluate/choose-dataset.ts'
import { measureNetwork } from '../evaluate/measure-network.ts'
import { numberedClasses } from '../evaluate/numbered-classes.ts'
import { formatCount, formatMetric } from '../format.ts'
import { runtimeRegistry } from '../plugins/runtime-registry.ts'
import { taskNamed } from '../plugins/task-named.ts'
import { downloadProgress, progressOf } from '../progress.ts'
import { parseReference } from '../references.ts'
import { flagOf } from '../rule-flags.ts'
import { Shell } from '../shell.ts'
import { printTable } from '../table.ts'

export interface EvalFileOptions extends DatasetRequest {
  /** The part to measure: `test`, or the pictures that the option `validation` holds out of training. Default: `test`. */
  readonly part?: 'test' | 'validation'
  /** Measures the mean of the outputs for a picture and for its mirror image, as published poses are measured. It runs twice. */
  readonly flipTest?: boolean
  /** A name, or `wasm:threads=auto`. Default: `wasm`. */
  readonly backend?: string
  /** Packages, paths or URLs of plugin modules. */
  readonly plugins?: readonly string[]
  /** URL of the script of the decoding threads, if a bundler moved it. */
  readonly decodeWorker?: URL
}

const OPTIONS: ValueRules<keyof EvalFileOptions> = {
  file: argument.filledText,
  data: argument.reference,
  folder: argument.localPath,
  download: rules.boolean,
  split: argument.filledText,
  limit: rules.integer({ minimum: 1 }),
  validation: rules.number({ minimum: 0, maximum: 1 }),
  part: argument.part,
  flipTest: rules.boolean,
  backend: argument.filledText,
  plugins: argument.names,
  decodeWorker: rules.address,
}

export interface EvalFileResult {
  readonly file: string
  readonly task: string
  readonly data: string
  readonly backend: string
  /** Number of test pictures. */
  readonly count: number
  /** By name. */
  readonly metrics: Readonly<Record<string, number>>
  /** Name of the headline metric. */
  readonly headline: string
  /** Describes each metric. */
  readonly described: readonly MetricInfo[]
  /** Details per class or per joint. */
  readonly tables: readonly MetricTable[]
  readonly seconds: number
  readonly imagesPerSecond: number
}

/** Pictures in batches that suit the backend. A stream has its own batches. */
function batchesOf(images: ImageSet | BatchSource, batchSize: number): AsyncIterable<Batch> | Iterable<Batch> {
  return 'epoch' in images ? images.epoch() : batches(images, { batchSize, shuffle: false })
}

/** Reads the shape and facts of a data set. @throws FileError that says what to do if the pictures are missing. */
async function shapeOf({ plugin, options }: ChosenDataset, { data, folder }: EvalFileOptions) {
  try {
    return await plugin.shape(options)
  } catch (error) {
    if (data !== undefined || folder !== undefined || !(error instanceof Error)) throw error
    throw new FileError(
      {
        what: `The file names the data set '${plugin.name}', but its pictures were not found: ${error.message}`,
        fix: 'For safety, a file cannot choose a folder to read. Pass the folder with --data-folder.',
      },
      { cause: error },
    )
  }
}

/**
 * @throws ModelFormatError, FileError, UsageError if file and data set do not fit; PluginLoadError; InterruptedError once `shell.signal` is
 * aborted.
 */
export async function evaluateFile(options: EvalFileOptions, shell = new Shell()): Promise<EvalFileResult> {
  checkArgument('evaluateFile()', 'shell', shell, argument.shell)
  checkOptions('evaluateFile()', options, OPTIONS, ['file'])
  const { file, backend: backendName = DEFAULT_BACKEND, plugins, decodeWorker, flipTest = false } = options
  const registry = await runtimeRegistry(plugins)
  const backend = await backendNamed(registry, backendName)
  const network = await load(file, { backend })
  try {
    tellChoice(network, shell)
    const { metadata } = network
    const stated = metadata.task === undefined ? undefined : taskNamed(registry, metadata.task, file, metadata)
    const chosen = chooseDataset(network, options, registry)
    const runtime = await (stated ?? taskNamed(registry, chosen.plugin.task, file)).runtime()
    checkTask(network, file, chosen)
    const shape = await shapeOf(chosen, options)
    checkShape(network, file, chosen.plugin, shape, runtime)
    const context: LoadContext = { onProgress: downloadProgress(shell), signal: shell.signal, decodeWorker }
    const data = await chosen.plugin.load(chosen.options, context)
    checkFacts(runtime.readMetadata(network.metadata), data.facts, file, data.name)
    for (const note of data.notes ?? []) shell.note(note)
    if (!readPictureMetadata(network.metadata).normalization)
      shell.note(`The file states no normalization, so the one of ${data.name} is used.`)
    const seeing = flipTest ? withMirrorImage(network, runtime, data.facts) : network
    const images = partOf(data, options)
    const progress = progressOf(shell, 'images', options.part === 'validation' ? data.images.validation : data.images.test)
    const began = performance.now()
    const onProgress = async (seen: number): Promise<void> => {
      progress.update(seen, `${((1000 * seen) / (performance.now() - began)).toFixed(0)} img/s`)
      await new Promise((resolve) => setImmediate(resolve))
      if (shell.signal.aborted) throw new InterruptedError({ what: 'Interrupted before all images were seen.' })
    }
    try {
      const batched = batchesOf(images, batchSizeFor(network))
      const measured = await measureNetwork(seeing, runtime, data.facts, batched, onProgress)
      const { count, metrics: described, values: metrics, tables } = measured
      const seconds = (performance.now() - began) / 1000
      return {
        file,
        task: runtime.name,
        data: data.name,
        backend: network.backend,
        count,
        metrics,
        headline: described[0].name,
        described,
        tables,
        seconds,
        imagesPerSecond: count / seconds,
      }
    } finally {
      progress.stop()
    }
  } finally {
    network.dispose()
  }
}

type Loaded = Awaited<ReturnType<ChosenDataset['plugin']['load']>>

/** @throws UsageError if no validation part was held out. */
function partOf({ test, validation, name }: Loaded, { part = 'test' }: EvalFileOptions): ImageSet | BatchSource {
  if (part === 'test') return test
  if (validation) return validation
  throw new UsageError({
    what: `${name} has no validation part.`,
    fix: 'Pass the share of the training part that was held out: --validation 0.1.',
  })
}

/** @throws UsageError if the annotations of the data set belong to another task than the file. */
function checkTask({ metadata }: LoadedNetwork, file: string, { plugin }: ChosenDataset): void {
  const { task } = metadata
  if (task === undefined || task === plugin.task) return
  throw new UsageError({
    what: `'${file}' cannot be measured on ${plugin.name}.`,
    expected: `a data set of the task '${task}'`,
    received: `a data set of the task '${plugin.task}'`,
    fix: 'Choose another one with --data.',
  })
}

function printTables(tables: readonly MetricTable[], shell: Shell): void {
  for (const table of tables) {
    const { title, columns, rows } = numberedClasses(table, shell.width)
    shell.print()
    shell.print(shell.colors.bold(title))
    const numeric = (index: number): boolean => rows.every((row) => row[index] === '' || /^[-\d.]/.test(row[index]))
    printTable(
      shell,
      columns.map((column, index) => ({
        title: column,
        align: index > 0 && numeric(index) ? 'right' : 'left',
        // The first two columns name the row and give its main number.
        ...(index > 1 && { leaveOut: index }),
      })),
      rows,
    )
  }
}

function print({ data, backend, count, metrics, described, tables, imagesPerSecond }: EvalFileResult, shell: Shell): void {
  const { bold, dim } = shell.colors
  shell.print(`${data}  ${formatCount(count)} images  ${dim(`${backend}  ${formatCount(imagesPerSecond)} img/s`)}`)
  const width = Math.max(...described.map(({ name }) => name.length))
  for (const [index, metric] of described.entries()) {
    const value = formatMetric(metric, metrics[metric.name])
    shell.print(`${metric.name.padEnd(width)}  ${index === 0 ? bold(value) : value}`)
  }
  printTables(tables, shell)
}

type Flags = Omit<EvalFileOptions, 'file' | 'folder' | 'decodeWorker'> & { readonly dataFolder?: string }

export async function addEval(command: Command, host: Host): Promise<void> {
  const registry = await runtimeRegistry()
  const namesOf = (kind: string): string =>
    registry
      .list(kind)
      .map(({ name }) => name)
      .join(', ')
  command
    .argument('<file>', 'a file that `onebit freeze` wrote; a path or an address')
    .option('--data <name>', `${namesOf('dataset')} (default: the data set of the training)`, parseReference)
    .option('--data-folder <path>', 'location of the data set; an image folder contains test or val')
    .option('--download', 'download the data set that the file names, if it is not here')
    .option('--split <name>', 'part of the data set, if it has several')
    .option('--limit <images>', 'number of test images, from the first', integer(1))
    .addOption(flagOf({ name: 'validation', rule: commonRules.validation }))
    .addOption(new Option('--part <part>', 'part to measure (default: test)').choices(['test', 'validation']))
    .option('--flip-test', 'measure the mean of the outputs for a picture and for its mirror image')
    .option('--backend <name>', `${namesOf('backend')}, with options after a colon`, DEFAULT_BACKEND)
  finishCommand(command, host, {
    examples: [
      'eval first.safetensors',
      'eval first.safetensors --data fashion-mnist:split=full --backend wasm:threads=auto',
      'eval pets.safetensors --data-folder pets',
    ],
    notes:
      'A file names its data set. Pass its location with --data-folder, or allow the download with --download. Names take options after a colon; `onebit plugins` lists them.',
    interruptible: true,
    run: ([file], { dataFolder, ...flags }: Flags, shell) => evaluateFile({ ...flags, file, folder: dataFolder }, shell),
    print,
  })
}
