/**
 * The thread that decodes, augments and normalizes images, in the order in which they are asked for. Built as an entry of its own.
 *
 * sharp decodes on a thread of libuv's pool. With `overlap`, the next image is decoded there while this thread augments the one
 * before, so that none of the cores waits while the two hand over to each other.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { OptionError } from '@onebit/core'
import { augmentImage, imageRandom } from '../augment/augmentation.ts'
import type { PixelImage } from '../augment/pixel-image.ts'
import { DataError } from '../data-error.ts'
import { normalizedPixels, writeNormalized } from '../normalization.ts'
import type { Random } from '../random.ts'
import { decodeImage, type Sharp } from './decode-image.ts'
import {
  type DecodeReply,
  type DecodeRequest,
  type DecodeSetup,
  type DecodeTask,
  type Fault,
  toFault,
} from './decode-messages.ts'

const { sharp: address, shape, augment, normalization, maxPixels, overlap, stopped } = workerData as DecodeSetup
const [height, width, channels] = shape
const port = parentPort!
const flag = new Int32Array(stopped)
const values = normalizedPixels(normalization, channels)
/** Or why it does not load: every task tells. */
const sharp: Sharp | Fault = await loadSharp().catch(toFault)

/** One thread an image: the workers are what runs at the same time. Both settings hold for the whole process. */
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

/** The floats of a decoded image. Throws `OptionError` naming the file if the augmentations do not fit it. */
function floatsOf(decoded: PixelImage, { file, index, epochSeed }: DecodeTask): Float32Array<ArrayBuffer> {
  const image = augmented(decoded, file, imageRandom(epochSeed, index))
  if (image.height !== height || image.width !== width || image.channels !== channels) {
    throw new OptionError({
      what: `The image '${file}' does not have the size of the batches.`,
      expected: `${height}x${width}x${channels} (height x width x channels)`,
      received: `${image.height}x${image.width}x${image.channels}`,
      fix: 'Let the augmentations end in a crop of that size: center-crop with a shorterSide, or random-resized-crop.',
    })
  }
  const floats = new Float32Array(height * width * channels)
  writeNormalized(image.data, values, channels, floats, 0)
  return floats
}

/** The errors of augmentations know the image but not its file. */
function augmented(image: PixelImage, file: string, random: Random): PixelImage {
  try {
    return augmentImage(image, augment, random)
  } catch (error) {
    if (!OptionError.isInstance(error)) throw error
    throw new OptionError({ ...error.parts, what: `The image '${file}' cannot be augmented. ${error.parts.what}` })
  }
}

/** A task whose file is being decoded. */
interface Begun {
  task: DecodeTask
  decoded: Promise<PixelImage | Fault>
}

const waiting: DecodeTask[] = []
let working = false
let ending = false

/** Begins with the next image that is still wanted; its decoding is under way when this returns. */
function begin(): Begun | undefined {
  if (Atomics.load(flag, 0) !== 0) waiting.length = 0
  const task = waiting.shift()
  if (!task) return undefined
  const decoded =
    typeof sharp === 'function' ? decodeImage(sharp, task.file, channels, maxPixels).catch(toFault) : Promise.resolve(sharp)
  return { task, decoded }
}

async function work(): Promise<void> {
  working = true
  for (let current = begin(); current; ) {
    const decoded = await current.decoded
    const next = overlap ? begin() : undefined
    const reply = replyTo(current.task, decoded)
    port.postMessage(reply, reply.floats ? [reply.floats.buffer] : [])
    current = next ?? begin()
  }
  working = false
  if (ending) port.close()
}

function replyTo(task: DecodeTask, decoded: PixelImage | Fault): DecodeReply {
  const { place } = task
  if ('type' in decoded) return { place, fault: decoded }
  try {
    return { place, floats: floatsOf(decoded, task) }
  } catch (error) {
    return { place, fault: toFault(error) }
  }
}

port.on('message', (request: DecodeRequest) => {
  if (request === 'stop') ending = true
  else waiting.push(request)
  if (!working) void work()
})
