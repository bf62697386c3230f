/**
 * The thread that decodes, augments and normalizes images, in the order of the tasks. It is a separate entry of the build.
 *
 * sharp decodes on a thread of libuv's pool. With `overlap`, it decodes the next image there while this thread augments the one
 * before, so that no core waits for the other.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { type Affine, OptionError } from '@onebit/core'
import {
  applyPreparation,
  inOrder,
  isPreparationStep,
  normalizationTable,
  type Picture,
  preparationAffine,
  writeNormalized,
} from '@onebit/image'
import { type Augmenter, augmenter, imageRandom } from '../augment/augmentation.ts'
import { DataError } from '../data-error.ts'
import { decodeImage, type Sharp } from './decode-image.ts'
import {
  type DecodedImage,
  type DecodeReply,
  type DecodeRequest,
  type DecodeSetup,
  type DecodeTask,
  type Fault,
  toFault,
} from './decode-messages.ts'
import { importAugmentations } from './import-augmentations.ts'

const { sharp: address, shape, augment, plugins, normalization, maxPixels, overlap, stopped } = workerData as DecodeSetup
const [height, width, channels] = shape
const port = parentPort!
const flag = new Int32Array(stopped)
const table = normalizationTable(normalization, channels)
/**
 * Divides the steps into those without randomness, which deployment applies to test pictures with the same function, and the
 * rest.
 */
const first = augment.findIndex((step) => !isPreparationStep(step))
const preparation = augment.slice(0, first < 0 ? augment.length : first).filter(isPreparationStep)
const rest = augment.slice(preparation.length)
/** The package, or the error of loading it, which every task then returns. */
const sharp: Sharp | Fault = await loadSharp().catch(toFault)
/** The augmentations, or the error of importing them. */
const steps: Augmenter | Fault = await importAugmentations(plugins)
  .then((strangers) => augmenter(rest, strangers))
  .catch(toFault)

/** One thread per image, because the workers themselves run in parallel. Both settings apply to the whole process. */
async function loadSharp(): Promise<Sharp> {
  try {
    const { default: sharp } = (await import(address)) as { default: Sharp }
    sharp.concurrency(1)
    sharp.cache(false)
    return sharp
  } catch (cause) {
    throw new DataError(
      {
        reason: 'unsupported',
        file: address,
        what: 'The package sharp, which decodes images, does not load.',
        received: (cause as Error).message,
        fix: 'Install it again for this platform: npm install sharp.',
      },
      { cause },
    )
  }
}

/** A decoded picture, augmented and normalized. @throws OptionError naming the file if the augmentations do not fit it. */
function imageOf(decoded: Picture, task: DecodeTask): DecodedImage {
  const { file } = task
  const { picture, affine } = augmented(decoded, task)
  if (picture.height !== height || picture.width !== width || picture.channels !== channels) {
    throw new OptionError({
      what: `The image '${file}' does not have the size of the batches.`,
      expected: `${height}x${width}x${channels} (height x width x channels)`,
      received: `${picture.height}x${picture.width}x${picture.channels}`,
      fix: 'Let the augmentations end in a crop of that size: center-crop with a shorterSide, resize, or random-resized-crop.',
    })
  }
  const floats = new Float32Array(height * width * channels)
  writeNormalized(picture.data, table, channels, floats, 0)
  return { floats, picture: [decoded.height, decoded.width], affine }
}

/** The errors of augmentations know the image but not its file. */
function augmented(
  image: Picture,
  { file, index, epochSeed, annotation }: DecodeTask,
): { readonly picture: Picture; readonly affine: Affine } {
  try {
    const prepared = applyPreparation(image, preparation, { channels })
    const { picture, affine } = (steps as Augmenter).apply(prepared, imageRandom(epochSeed, index), annotation)
    return { picture, affine: inOrder(preparationAffine(image, preparation), affine) }
  } catch (error) {
    if (!OptionError.isInstance(error)) throw error
    throw new OptionError({ ...error.parts, what: `The image '${file}' cannot be augmented. ${error.parts.what}` })
  }
}

/** A task whose file is being decoded. */
interface Begun {
  task: DecodeTask
  decoded: Promise<Picture | Fault>
}

const waiting: DecodeTask[] = []
let working = false
let ending = false

/** Starts decoding the next image that is still wanted. */
function begin(): Begun | undefined {
  if (Atomics.load(flag, 0) !== 0) waiting.length = 0
  const task = waiting.shift()
  if (!task) return undefined
  if ('type' in steps) return { task, decoded: Promise.resolve(steps) }
  const decoded = typeof sharp === 'function' ? decodeImage(sharp, task.file, maxPixels).catch(toFault) : Promise.resolve(sharp)
  return { task, decoded }
}

async function work(): Promise<void> {
  working = true
  for (let current = begin(); current; ) {
    const decoded = await current.decoded
    const next = overlap ? begin() : undefined
    const reply = replyTo(current.task, decoded)
    port.postMessage(reply, reply.image ? [reply.image.floats.buffer] : [])
    current = next ?? begin()
  }
  working = false
  if (ending) port.close()
}

function replyTo(task: DecodeTask, decoded: Picture | Fault): DecodeReply {
  const { place } = task
  if ('type' in decoded) return { place, fault: decoded }
  try {
    return { place, image: imageOf(decoded, task) }
  } catch (error) {
    return { place, fault: toFault(error) }
  }
}

port.on('message', (request: DecodeRequest) => {
  if (request === 'stop') ending = true
  else waiting.push(request)
  if (!working) void work()
})
