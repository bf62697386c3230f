import { checkArgument, checkOptions, OptionError, type Placement, rules, type ValueRules } from '@onebit/core'
import { heightAndWidth, normalizationTable, type Size } from '@onebit/image'
import { type Augmentation, augmenter } from '../augment/augmentation.ts'
import type { AugmentationPlugin } from '../augment/augmentation-plugin.ts'
import { BatchOrder, type BatchOrderOptions, orderRules } from '../batch-order.ts'
import type { Batch, BatchSource } from '../batch-source.ts'
import { placements } from '../batches.ts'
import { DataError } from '../data-error.ts'
import { digestOfFiles } from '../fingerprint.ts'
import { builtin } from '../node-builtins.ts'
import { type ChannelNormalization, type Normalization, normalizationRule } from '../normalization.ts'
import { isFault, MOST_PIXELS } from './decode-image.ts'
import { type Decoded, DecodePool } from './decode-pool.ts'
import type { ImageFiles } from './image-folder.ts'
import type { SkippedFile } from './skipped-file.ts'

export interface ImageBatchesOptions extends BatchOrderOptions {
  /** Size of each image after its augmentation. */
  size: Size
  /** 1: gray; 3: red, green, blue. Default: 3. */
  channels?: 1 | 3
  /**
   * Steps from the decoded image to one of `size`. Default: center-crop, with the shorter side scaled to 8/7 of the longer side
   * of `size`.
   */
  augment?: readonly Augmentation[]
  /** Augmentations of other packages that `augment` may name. Default: none. */
  augmentations?: readonly AugmentationPlugin[]
  /** URLs of the modules that export those augmentations, for the threads to import. Default: none. */
  plugins?: readonly (string | URL)[]
  /** Default: the normalization of ImageNet for 3 channels; for gray, mean 0 and standard deviation 1. */
  normalization?: Normalization | ChannelNormalization
  /**
   * Number of threads, at least 1. They share libuv's pool: set UV_THREADPOOL_SIZE for more than 4. Default: the number of
   * processors, from 1 to 4.
   */
  workers?: number
  /** Number of batches to decode ahead, at least 1. It limits the memory. Default: 2. */
  prefetch?: number
  /**
   * `throw` ends the epoch at the first damaged file. `skip` leaves the file out and reports it, so its batch has fewer images.
   * Default: `throw`.
   */
  badFiles?: 'throw' | 'skip'
  /** Images with more pixels count as damaged files. Each thread needs 3 bytes per pixel. Default: 2^26 (8192 x 8192). */
  maxPixels?: number
  /** Ends running epochs with a `DataError` of reason `aborted`. */
  signal?: AbortSignal
  /** The path of the package `sharp`, if it cannot be resolved from this package. */
  sharp?: string
  /** URL of the worker's script, if a bundler moved it. Default: `decode-worker.js` beside this package's entry. */
  worker?: URL
}

/** Image files in batches, decoded by worker threads. Each iteration is one epoch. */
export interface ImageBatches<Annotation = unknown> extends BatchSource<Annotation>, AsyncIterable<Batch<Annotation>> {
  /** The damaged files of the last epoch, in the order of their discovery. */
  readonly skipped: readonly SkippedFile[]
  /** Workers start with the first batch. They end with the epoch, whether it is finished, stopped early or failed. */
  epoch(first?: number): AsyncGenerator<Batch<Annotation>, void, undefined>
  /** Ends running epochs, like `signal`, and resolves when all workers have ended. */
  dispose(): Promise<void>
}

const atLeastOne = rules.integer({ minimum: 1 })
const OPTIONS: ValueRules<keyof ImageBatchesOptions> = {
  ...orderRules,
  size: rules.either(atLeastOne, rules.list(atLeastOne, { minimum: 2 })),
  channels: rules.oneOf([1, 3]),
  augment: rules.list(rules.object({ type: rules.text })),
  normalization: normalizationRule,
  workers: rules.integer({ minimum: 1, maximum: 256 }),
  prefetch: atLeastOne,
  badFiles: rules.oneOf(['throw', 'skip']),
  maxPixels: atLeastOne,
  signal: rules.signal,
  sharp: rules.text,
  worker: rules.address,
  augmentations: rules.list(rules.object({ name: rules.text })),
  plugins: rules.list(rules.either(rules.text, rules.address)),
}
const IMAGES = rules.object({ files: rules.list(rules.text), annotations: rules.anything })

/** Mean and standard deviation of ImageNet's training pictures. */
export const imageNetNormalization: ChannelNormalization = {
  mean: [0.485, 0.456, 0.406],
  standardDeviation: [0.229, 0.224, 0.225],
}

/**
 * The batches of image files. One seed gives the same batches with any number of workers. Node only; needs the package `sharp`.
 * To resume inside an epoch, restore the state that `random` had before the epoch, then call `epoch(batchesDone)`.
 * Throws `OptionError` on wrong options, and `DataError` with reason `unsupported` without sharp or Node.
 * An epoch throws `DataError` or `FileError` naming a damaged file; `DataError` with reason `aborted`, or with reason `worker` if
 * a thread fails; `OptionError` if the augmentations do not end in images of `size`.
 */
export function imageBatches<Annotation>(images: ImageFiles<Annotation>, given: ImageBatchesOptions): ImageBatches<Annotation> {
  const options = checkOptions<ImageBatchesOptions | undefined>('imageBatches()', given, OPTIONS, ['batchSize', 'size'])
  checkArgument('imageBatches()', 'images', images, IMAGES)
  const { batchSize, channels = 3, prefetch = 2, badFiles = 'throw', maxPixels = MOST_PIXELS } = options
  const { augment = defaultSteps(options.size), workers = defaultWorkers(), signal } = options
  const normalization = options.normalization ?? (channels === 3 ? imageNetNormalization : { mean: 0, standardDeviation: 1 })
  const total = images.files.length
  const batchOrder = new BatchOrder(total, options)
  const { count, random } = batchOrder
  const { readsAnnotation } = augmenter(augment, options.augmentations)
  normalizationTable(normalization, channels)
  const shape = [...heightAndWidth(options.size), channels] as const
  const plugins = (options.plugins ?? []).map(String)
  const setup = { sharp: addressOfSharp(options.sharp), shape, augment, plugins, normalization, maxPixels }
  const worker = options.worker ?? addressOfWorker()
  const pools = new Set<DecodePool>()
  let skipped: SkippedFile[] = []

  function epoch(first = 0): AsyncGenerator<Batch<Annotation>, void, undefined> {
    const order = batchOrder.draw(first)
    skipped = []
    return from(first, order, random.next(), skipped)
  }

  async function* from(first: number, order: Uint32Array, epochSeed: number, report: SkippedFile[]) {
    if (first === count) return
    if (signal?.aborted) throw aborted()
    const pool = new DecodePool(worker, workers, setup)
    const abort = (): void => void end(pool)
    signal?.addEventListener('abort', abort)
    pools.add(pool)
    try {
      let next = first * batchSize
      for (let batch = first; batch < count; batch++) {
        const last = Math.min(total, count * batchSize, (batch + 1 + prefetch) * batchSize)
        for (; next < last; next++) {
          const index = order[next]
          const annotation = readsAnnotation ? images.annotations[index] : undefined
          pool.add({ place: next, file: images.files[index], index, epochSeed, annotation })
        }
        const indices = batchOrder.indicesOf(batch, order)
        const made = await assemble(pool, batch, indices, report)
        if (made.count > 0) yield made
      }
    } finally {
      signal?.removeEventListener('abort', abort)
      await pool.end()
      pools.delete(pool)
    }
  }

  async function assemble(
    pool: DecodePool,
    index: number,
    indices: Uint32Array,
    report: SkippedFile[],
  ): Promise<Batch<Annotation>> {
    const size = shape[0] * shape[1] * shape[2]
    const floats = new Float32Array(indices.length * size)
    const annotations: Annotation[] = []
    const placed: Placement[] = []
    const pictures: number[] = []
    for (const [row, file] of indices.entries()) {
      const image = await pool.take(index * batchSize + row)
      if (image instanceof Error) {
        report.push(skippedFile(image, images.files[file]))
        continue
      }
      floats.set(image.floats, annotations.length * size)
      annotations.push(images.annotations[file])
      pictures.push(file)
      placed.push(placements(image.picture, [shape[0], shape[1]])(image.affine))
    }
    const count = annotations.length
    const filled = count === indices.length ? floats : floats.slice(0, count * size)
    return { images: filled, annotations, placements: placed, pictures: Uint32Array.from(pictures), count, index }
  }

  /** The report about a damaged file. Throws the error if such files are not skipped. */
  function skippedFile(error: Decoded & Error, file: string): SkippedFile {
    if (badFiles === 'throw' || !isFault(error) || (DataError.isInstance(error) && error.reason === 'unsupported')) throw error
    return { file, reason: DataError.isInstance(error) ? error.reason : 'not-found', message: error.message }
  }

  async function dispose(): Promise<void> {
    await Promise.all(Array.from(pools, end))
  }

  return {
    count,
    batchSize,
    shape,
    normalization,
    augment,
    random,
    epoch,
    dispose,
    fingerprint: () => ({ images: total, sha256: digestOfFiles(images), normalization, augment, shape }),
    get skipped() {
      return skipped
    },
    [Symbol.asyncIterator]: () => epoch(),
  }
}

function defaultSteps(size: Size): Augmentation[] {
  return [{ type: 'center-crop', size, shorterSide: Math.round((Math.max(...heightAndWidth(size)) * 8) / 7) }]
}

function defaultWorkers(): number {
  return Math.max(1, Math.min(4, builtin('node:os')?.availableParallelism() ?? 1))
}

/** Throws `OptionError` in a bundle that does not know its own URL, such as a CommonJS bundle. */
function addressOfWorker(): URL {
  try {
    return new URL('./decode-worker.js', import.meta.url)
  } catch (cause) {
    throw new OptionError(
      {
        what: 'This bundle of @onebit/data does not know its own URL, so the decoding threads cannot start.',
        expected: '`worker`, the URL of decode-worker.js',
        fix: 'Pass it, bundle as an ES module, or leave the package out of the bundle (external).',
      },
      { cause },
    )
  }
}

/** The path of the decoding package. Throws `DataError` if it is missing. */
function addressOfSharp(path: string | undefined): string {
  const url = builtin('node:url')
  try {
    const found =
      path ??
      builtin('node:module')!
        // A CommonJS bundle does not know its own URL, so it resolves from the start folder.
        .createRequire(import.meta.url ?? builtin('node:path')!.resolve('package.json'))
        .resolve('sharp')
    return url!.pathToFileURL(found).href
  } catch (cause) {
    throw new DataError(
      {
        reason: 'unsupported',
        what: url
          ? 'Image files are decoded by the package sharp, which is not installed.'
          : 'Image files can only be read in Node.',
        fix: url
          ? 'Install it: npm install sharp. If it is elsewhere, give its path as `sharp`.'
          : 'Use an image set in memory here.',
      },
      { cause },
    )
  }
}

/** Ends a pool whose epoch is not finished. */
function end(pool: DecodePool): Promise<void> {
  pool.fail(aborted())
  return pool.end()
}

function aborted(): DataError {
  return new DataError({ reason: 'aborted', what: 'The epoch was ended by its caller.', fix: 'Start another one.' })
}
