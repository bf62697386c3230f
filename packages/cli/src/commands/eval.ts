/** `onebit eval`: how often a frozen file is right. */
import { formatShape, type LoadedNetwork, load, sameShape } from '@onebit/core'
import type { Dataset } from '@onebit/data'
import { type Command, Option } from 'commander'
import { BACKENDS, backendNamed, batchSizeFor } from '../backends.ts'
import { finishCommand, type Host, integer } from '../command.ts'
import { loadDataset, SPLITS, type Split } from '../datasets.ts'
import { InterruptedError, UsageError } from '../errors.ts'
import { formatCount, formatPercent } from '../format.ts'
import { readMetadata } from '../metadata.ts'
import { downloadProgress, progressOf } from '../progress.ts'
import { Shell } from '../shell.ts'

export interface EvalFileOptions {
  readonly file: string
  readonly data?: string
  readonly split?: Split
  /** Only the first test images. */
  readonly limit?: number
  readonly backend?: string
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

function checkFit({ inputs, outputs }: LoadedNetwork, file: string, data: Dataset): void {
  const classes = outputs[0].shape.at(-1)
  if (inputs.length === 1 && sameShape(inputs[0].shape, data.input) && classes === data.classes.length) return
  throw new UsageError({
    what: `'${file}' does not fit ${data.name}.`,
    expected: `one input of ${formatShape(data.input)} and ${data.classes.length} classes`,
    received: `${inputs.map(({ shape }) => formatShape(shape)).join(' and ')} and ${classes} classes`,
  })
}

/**
 * @throws ModelFormatError, FileError, UsageError if file and data set do not fit; InterruptedError once `shell.signal` is aborted.
 */
export async function evaluateFile(
  { file, data: name = 'fashion-mnist', split, limit, backend: backendName = 'wasm' }: EvalFileOptions,
  shell = new Shell(),
): Promise<EvalFileResult> {
  const backend = await backendNamed(backendName)
  const network = await load(file, { backend })
  const { normalization } = readMetadata(network.metadata)
  const { signal } = shell
  const data = await loadDataset(name, { split, limit, normalization, onProgress: downloadProgress(shell), signal })
  checkFit(network, file, data)
  const [{ batches }, { evaluate }] = await Promise.all([import('@onebit/data'), import('@onebit/classify')])
  const progress = progressOf(shell, 'images', data.test.count)
  const began = performance.now()
  try {
    const scorer = async (images: Float32Array): Promise<Float32Array> => {
      await new Promise((resolve) => setImmediate(resolve))
      if (signal.aborted) throw new InterruptedError({ what: 'Interrupted; the images seen so far were not all of them.' })
      const results = await network.run({ [network.inputs[0].name]: images }, { validate: false })
      return results[network.outputs[0].name] as Float32Array
    }
    const batchSize = batchSizeFor(backend)
    const { accuracy, count } = await evaluate(scorer, batches(data.test, { batchSize, shuffle: false }), (seen) => {
      progress.update(seen, `${((1000 * seen) / (performance.now() - began)).toFixed(0)} img/s`)
    })
    const seconds = (performance.now() - began) / 1000
    return { file, data: data.name, backend: backend.name, count, accuracy, seconds, imagesPerSecond: count / seconds }
  } finally {
    progress.stop()
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
    .option('--data <name>', 'data set', 'fashion-mnist')
    .addOption(new Option('--split <split>', 'which part of the data set').choices(SPLITS).default('embedded'))
    .option('--limit <images>', 'only the first test images', integer(1))
    .option('--backend <name>', BACKENDS.join(' or '), 'wasm')
  finishCommand<EvalFileResult>(command, host, {
    examples: ['eval first.safetensors --data fashion-mnist --backend wasm'],
    interruptible: true,
    run: ([file], flags: Omit<EvalFileOptions, 'file'>, shell) => evaluateFile({ ...flags, file }, shell),
    print,
  })
}
