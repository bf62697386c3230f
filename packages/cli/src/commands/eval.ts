/** `onebit eval`: how often a frozen file is right. */
import { evaluate, readClassifierMetadata } from '@onebit/classify/deployment'
import { FileError, formatShape, type LoadedNetwork, load, sameShape } from '@onebit/core'
import type { Batch } from '@onebit/data'
import { type Command, Option } from 'commander'
import { BACKENDS, backendNamed, batchSizeFor } from '../backends.ts'
import { finishCommand, type Host, integer } from '../command.ts'
import { chooseDataset, optionsIn } from '../datasets/choose-dataset.ts'
import type { DataShape, LoadedDataset } from '../datasets/dataset.ts'
import { type DatasetOfFile, datasetOfFile } from '../datasets/dataset-of-file.ts'
import { SPLITS, type Split } from '../datasets/fashion-mnist.ts'
import { DATASET_NAMES, type DatasetChoice, dataShape, loadDataset } from '../datasets/registry.ts'
import { InterruptedError, UsageError } from '../errors.ts'
import { formatCount, formatPercent } from '../format.ts'
import { downloadProgress, progressOf } from '../progress.ts'
import { Shell } from '../shell.ts'

export interface EvalFileOptions {
  readonly file: string
  /** Default: the data set that the file was trained on, if it names one. */
  readonly data?: string
  /** Where the data set is. */
  readonly folder?: string
  /** Of Fashion-MNIST. */
  readonly split?: Split
  /** Only the first test images. */
  readonly limit?: number
  readonly backend?: string
  /** The file of the threads that decode images, if a bundler moved it. */
  readonly decodeWorker?: URL
}

export interface EvalFileResult {
  readonly file: string
  readonly data: string
  readonly backend: string
  /** Test images. */
  readonly count: number
  /** 0 to 1. */
  readonly accuracy: number
  readonly seconds: number
  readonly imagesPerSecond: number
}

/** Before anything is downloaded or decoded. */
function checkShape({ inputs, outputs, metadata }: LoadedNetwork, file: string, name: string, shape: DataShape): void {
  const classes = outputs[0].shape.at(-1)
  if (inputs.length === 1 && sameShape(inputs[0].shape, shape.input) && classes === shape.classes) return
  const { dataset } = readClassifierMetadata(metadata)
  throw new UsageError({
    what: `'${file}' does not fit ${name}.`,
    expected: `one input of ${formatShape(shape.input)} and ${shape.classes} classes`,
    received: `${inputs.map(({ shape }) => formatShape(shape)).join(' and ')} and ${classes} classes`,
    fix: dataset && `It was trained on ${dataset}.`,
  })
}

function checkClasses({ metadata }: LoadedNetwork, file: string, data: LoadedDataset): void {
  const { labels } = readClassifierMetadata(metadata)
  const other = labels?.findIndex((label, index) => label !== data.classes[index]) ?? -1
  if (!labels || other < 0) return
  throw new UsageError({
    what: `'${file}' knows other classes than ${data.name}.`,
    expected: `'${labels[other]}' as class ${other}`,
    received: `'${data.classes[other]}'`,
    fix: 'Evaluate it on the data that it was trained on.',
  })
}

/** The test images in batches that suit the backend; a stream has batches of its own. */
async function testBatches({ test }: LoadedDataset, batchSize: number): Promise<AsyncIterable<Batch> | Iterable<Batch>> {
  if ('epoch' in test) return test.epoch()
  const { batches } = await import('@onebit/data')
  return batches(test, { batchSize, shuffle: false })
}

/** The data set that was asked for, or else that of the file. */
function datasetFor({ metadata }: LoadedNetwork, { file, data, folder }: EvalFileOptions): DatasetOfFile {
  if (data !== undefined) return { name: data, options: {} }
  const named = datasetOfFile(metadata)
  if (!named) {
    const { dataset } = metadata
    throw new UsageError({
      what: dataset
        ? `'${file}' was trained on '${dataset}', which is no data set of this command.`
        : `'${file}' does not say which data set it was trained on.`,
      fix: `Name one with --data: ${DATASET_NAMES.join(', ')}.`,
    })
  }
  const { train, test, ...elsewhere } = named.options
  return { name: named.name, options: folder === undefined ? named.options : elsewhere }
}

/** The data as the network wants it: its size, its channels and its normalization. */
function choiceFor(network: LoadedNetwork, options: EvalFileOptions): DatasetChoice {
  const [size, , channels] = network.inputs[0].shape
  const { normalization } = readClassifierMetadata(network.metadata)
  const dataset = datasetFor(network, options)
  const { split, folder, limit } = options
  const asked = Object.entries({ split, folder, limit, normalization }).filter(([, value]) => value !== undefined)
  return chooseDataset(dataset.name, {
    ...dataset.options,
    ...optionsIn(dataset.name, { size, channels }),
    ...Object.fromEntries(asked),
  })
}

/** @throws as `dataShape` does; FileError that says so where the data set is no longer where it was in training. */
async function shapeOf(choice: DatasetChoice, { data, folder }: EvalFileOptions): Promise<DataShape> {
  try {
    return await dataShape(choice)
  } catch (error) {
    if (data !== undefined || folder !== undefined || !FileError.isInstance(error)) throw error
    throw new FileError(
      { ...error.parts, fix: 'The data set was there in training. Where it is now, --data-folder says.' },
      { cause: error },
    )
  }
}

/**
 * @throws ModelFormatError, FileError, UsageError if file and data set do not fit; InterruptedError once `shell.signal` is aborted.
 */
export async function evaluateFile(options: EvalFileOptions, shell = new Shell()): Promise<EvalFileResult> {
  const { file, backend: backendName = 'wasm', decodeWorker } = options
  const { signal } = shell
  const backend = await backendNamed(backendName)
  const network = await load(file, { backend })
  try {
    const choice = choiceFor(network, options)
    checkShape(network, file, choice.name, await shapeOf(choice, options))
    const data = await loadDataset(choice, { onProgress: downloadProgress(shell), signal, decodeWorker })
    checkClasses(network, file, data)
    for (const note of data.notes ?? []) shell.note(note)
    if (!choice.normalization) shell.note(`The file states no normalization; that of ${data.name} is taken.`)
    const progress = progressOf(shell, 'images', data.images.test)
    const began = performance.now()
    const scorer = async (images: Float32Array): Promise<Float32Array> => {
      await new Promise((resolve) => setImmediate(resolve))
      if (signal.aborted) throw new InterruptedError({ what: 'Interrupted; the images seen so far were not all of them.' })
      const results = await network.run({ [network.inputs[0].name]: images }, { validate: false })
      return results[network.outputs[0].name] as Float32Array
    }
    try {
      const { accuracy, count } = await evaluate(scorer, await testBatches(data, batchSizeFor(backend)), (seen) => {
        progress.update(seen, `${((1000 * seen) / (performance.now() - began)).toFixed(0)} img/s`)
      })
      const seconds = (performance.now() - began) / 1000
      return { file, data: data.name, backend: backend.name, count, accuracy, seconds, imagesPerSecond: count / seconds }
    } finally {
      progress.stop()
    }
  } finally {
    network.dispose()
  }
}

function print({ data, backend, count, accuracy, imagesPerSecond }: EvalFileResult, shell: Shell): void {
  shell.print(
    `${data}  accuracy ${shell.colors.bold(formatPercent(accuracy))} of ${formatCount(count)} test images  ${backend}  ${formatCount(imagesPerSecond)} img/s`,
  )
}

export function addEval(program: Command, host: Host): void {
  const command = program
    .command('eval')
    .description('measure the accuracy of a frozen file')
    .argument('<file>', 'a file that `onebit freeze` wrote')
    .option('--data <name>', `${DATASET_NAMES.join(', ')} (default: what the file was trained on)`)
    .option('--data-folder <path>', 'where the data set is; an image folder has test or val below it')
    .addOption(new Option('--split <split>', 'which part of fashion-mnist (default: embedded)').choices(SPLITS))
    .option('--limit <images>', 'only the first test images', integer(1))
    .option('--backend <name>', BACKENDS.join(' or '), 'wasm')
  finishCommand(command, host, {
    examples: [
      'eval first.safetensors',
      'eval first.safetensors --data fashion-mnist --split full --backend wasm',
      'eval pets.safetensors --data image-folder --data-folder pets',
    ],
    interruptible: true,
    run: ([file], { dataFolder, ...flags }: Omit<EvalFileOptions, 'file'> & { dataFolder?: string }, shell) =>
      evaluateFile({ ...flags, file, folder: dataFolder }, shell),
    print,
  })
}
