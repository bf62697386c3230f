/**
 * Compares one worker thread with two that decode and augment 224x224 JPEG files, in turn in one process, with the built package:
 *
 *   pnpm build && node bench/decode-workers.mjs [images, default 512] [rounds, default 7]
 *
 * It prints images per second, the medians and their ratio. A single worker does one thing at a time. With two, each worker
 * decodes its next file on libuv's pool (UV_THREADPOOL_SIZE, default 4) while it augments. The workers set sharp.concurrency(1).
 * The time of a round runs from the first batch to the last, so it does not include the start of the threads.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkFigures, median } from '../../../bench/figures.mjs'
import { imageBatches, imageFolder, Random } from '../dist/index.js'

const path = resolveSharp()
const sharp = createRequire(import.meta.url)(path)
const imageCount = Number(process.argv[2] ?? 512)
const rounds = Number(process.argv[3] ?? 7)
const batchSize = 16

/** The path of sharp, beside this package or in the command-line tool. */
function resolveSharp() {
  for (const base of [import.meta.url, new URL('../../cli/package.json', import.meta.url)]) {
    try {
      return createRequire(base).resolve('sharp')
    } catch {}
  }
  throw new Error('Install sharp: npm install sharp')
}

/** Soft blobs with grain. Their JPEG files are about as large as those of photographs. */
async function makeImages(folder) {
  const random = new Random(1)
  mkdirSync(join(folder, 'photographs'))
  for (let index = 0; index < imageCount; index++) {
    const coarse = Uint8Array.from({ length: 14 * 14 * 3 }, () => random.below(256))
    const soft = await sharp(coarse, { raw: { width: 14, height: 14, channels: 3 } })
      .resize(224, 224)
      .removeAlpha()
      .raw()
      .toBuffer()
    const pixels = Uint8ClampedArray.from(soft, (value) => value + random.below(25) - 12)
    const jpeg = await sharp(pixels, { raw: { width: 224, height: 224, channels: 3 } })
      .jpeg({ quality: 90 })
      .toBuffer()
    writeFileSync(join(folder, 'photographs', `${index}.jpg`), jpeg)
  }
}

const augment = [
  { type: 'random-resized-crop', size: 224 },
  { type: 'horizontal-flip' },
  { type: 'color-jitter', brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 10 },
]

/**
 * Images per second, and milliseconds of processor time per image: for all threads together, and for the thread that takes the
 * batches.
 */
async function round(files, workers) {
  let began
  let cpu
  let loop
  let images = 0
  for await (const { count } of imageBatches(files, { batchSize, size: 224, augment, workers, seed: 1, sharp: path })) {
    images += count
    if (began !== undefined) continue
    began = performance.now()
    cpu = process.cpuUsage()
    loop = performance.eventLoopUtilization()
    images = 0
  }
  const elapsed = performance.now() - began
  const { user, system } = process.cpuUsage(cpu)
  return {
    speed: (1000 * images) / elapsed,
    cpu: (user + system) / 1000 / images,
    main: performance.eventLoopUtilization(loop).active / images,
  }
}

const folder = mkdtempSync(join(tmpdir(), 'onebit-bench-'))
try {
  await makeImages(folder)
  const files = await imageFolder(folder)
  const load = () => loadavg()[0].toFixed(2)
  console.log(
    `${imageCount} JPEG files of 224x224, ${availableParallelism()} cores, load ${load()}, ` +
      `UV_THREADPOOL_SIZE ${process.env.UV_THREADPOOL_SIZE ?? '4 (default)'}, sharp.concurrency(1)`,
  )
  await round(files, 2)
  const results = { 1: [], 2: [] }
  for (let index = 0; index < rounds; index++) {
    for (const workers of index % 2 === 0 ? [1, 2] : [2, 1]) results[workers].push(await round(files, workers))
    const [one, two] = [results[1].at(-1).speed, results[2].at(-1).speed]
    console.log(
      `round ${index + 1}: ${one.toFixed(1)} and ${two.toFixed(1)} images/s, ${(two / one).toFixed(2)}x, load ${load()}`,
    )
  }
  checkFigures('decoding', results)
  for (const workers of [1, 2]) {
    const of = (key) => median(results[workers].map((result) => result[key])).toFixed(2)
    console.log(
      `median with ${workers}: ${of('speed')} images/s; an image takes ${of('cpu')} ms of processor time in all, ` +
        `and keeps the thread that takes the batches busy for ${of('main')} ms (waiting for a core included)`,
    )
  }
  const speed = (workers) => median(results[workers].map((result) => result.speed))
  const ratio = median(results[1].map((one, index) => results[2][index].speed / one.speed))
  console.log(`ratio of the medians ${(speed(2) / speed(1)).toFixed(2)}, median of the ratios ${ratio.toFixed(2)}`)
} finally {
  rmSync(folder, { recursive: true })
}
