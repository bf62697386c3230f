/** The thread that decodes, augments and normalizes images, one after the other. Built as an entry of its own. */
import { parentPort, workerData } from 'node:worker_threads'
import { OptionError } from '@onebit/core'
import { augmentImage, imageRandom } from '../augment/augmentation.ts'
import type { PixelImage } from '../augment/pixel-image.ts'
import { DataError } from '../data-error.ts'
import { normalizedPixels, writeNormalized } from '../normalization.ts'
import type { Random } from '../random.ts'
import { decodeImage, type Sharp } from './decode-image.ts'
import { type DecodeReply, type DecodeRequest, type DecodeSetup, type DecodeTask, toFault } from './decode-messages.ts'

const { sharp: address, shape, augment, normalization, stopped } = workerData as DecodeSetup
const [height, width, channels] = shape
const port = parentPort!
const flag = new Int32Array(stopped)
const values = normalizedPixels(normalization, channels)
const loading = loadSharp()
loading.catch(() => {}) // Every task that waits for it tells its failure.

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

async function floatsOf({ file, index, epochSeed }: DecodeTask): Promise<Float32Array<ArrayBuffer>> {
  const decoded = await decodeImage(await loading, file, channels)
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

async function answer(task: DecodeTask): Promise<void> {
  if (Atomics.load(flag, 0) !== 0) return
  const reply: DecodeReply = await floatsOf(task).then(
    (floats) => ({ place: task.place, floats }),
    (error) => ({ place: task.place, fault: toFault(error) }),
  )
  port.postMessage(reply, reply.floats ? [reply.floats.buffer] : [])
}

let last = Promise.resolve()
port.on('message', (request: DecodeRequest) => {
  last = last.then(() => (request === 'stop' ? port.close() : answer(request)))
})
