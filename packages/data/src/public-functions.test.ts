/** Calls the readers and augmentations with garbage: see `test/public-functions.ts`. */
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blankPicture, encodePng } from '@onebit/image'
import sharp from 'sharp'
import { afterAll } from 'vitest'
import { type Trials, testPublicFunctions } from '../../../test/public-functions.ts'
import * as data from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'onebit-public-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
/** Paths lie below a folder of the test, because garbage must not be a folder of the user. */
const below = (path: unknown): never => (typeof path === 'string' && path !== '' ? join(folder, path) : path) as never

/** An address without a server, so that calls with default values download nothing. */
const NOWHERE = 'http://127.0.0.1:9/'
process.env.ONEBIT_DATA_DIR = folder
const unreachable = (options: unknown): never =>
  (options === undefined || Object.getPrototypeOf(options ?? 0) === Object.prototype
    ? { address: NOWHERE, ...(options as object) }
    : options) as never

const normalization = { mean: 0, standardDeviation: 1 }
const set = { images: new Uint8Array(8), annotations: new Uint8Array(2), count: 2, shape: [2, 2, 1], normalization }
const files = { files: ['a.jpg', 'b.jpg'], annotations: Int32Array.of(0, 0), ignored: [], facts: { classes: ['x'] }, root: '.' }
const picture = blankPicture(6, 4, 3, 90)
const random = new data.Random(1)
const flip = { type: 'horizontal-flip', probability: 0.5 }
const idx = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7)
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 0)
const cifar = new Uint8Array(3073)
const apply = (given: unknown): object => ({ picture: given })
const definition = { name: 'x', options: {}, apply }
const order = { batchSize: 1, shuffle: true, dropLast: false, seed: 1 }
const dataset = {
  name: 'x',
  facts: {},
  input: [2, 2, 1],
  source: 'memory',
  train: set,
  test: set,
  normalization,
  background: 'dark',
}

const trials: Trials = {
  augmenter: [[flip], []],
  'augmenter().step': { good: [flip], options: [0], call: (step: never) => data.augmenter([step]) },
  'augmenter().apply': {
    good: [picture, random],
    call: (...given: never[]) => data.augmenter([flip as never]).apply(...(given as unknown as [never, never])),
  },
  augmentPicture: [picture, [flip], random],
  imageRandom: [1, 2],
  defineAugmentation: [definition],
  changeColors: { good: [picture, { brightness: 1, contrast: 1, saturation: 1, hue: 0 }], options: [1] },
  colorJitter: { good: [picture, { brightness: 1, contrast: 1, saturation: 1, hue: 0 }, random], options: [1] },
  lighting: { good: [picture, { deviation: 0.1 }, random], options: [1] },
  randomHorizontalFlip: { good: [picture, { probability: 1 }, random], options: [1] },
  randomCrop: { good: [picture, { size: 2, padding: 1, fill: 3 }, random], options: [1] },
  randomResizedCrop: { good: [picture, { size: 2, scale: [0.5, 1], ratio: [1, 2] }, random], options: [1] },
  randomRotation: { good: [picture, { degrees: 10, fill: 3 }, random], options: [1] },
  rotate: [picture, 10, 3],
  batches: { good: [set, { ...order, normalization, augment: [flip], augmentations: [] }], options: [1] },
  'batches().epoch': { good: [0], call: (first: never) => [...data.batches(set as never, { batchSize: 1 }).epoch(first)] },
  cifar10: {
    good: [{ directory: folder, download: false, address: NOWHERE, onProgress: () => undefined, signal: undefined }],
    options: [0],
    refuses: true,
    call: (options: never) => data.cifar10(unreachable(options)),
  },
  cifar100: {
    good: [{ directory: folder, download: false, address: NOWHERE, labels: 'fine' }],
    options: [0],
    refuses: true,
    call: (options: never) => data.cifar100(unreachable(options)),
  },
  readCifarBinary: { good: [cifar, 'x', { labels: 'labels', classCount: 10 }], options: [2] },
  readCifarPickle: { good: [cifar, 'x', { labels: 'labels', classCount: 10 }], options: [2], refuses: true },
  defineDataset: [{ name: 'x', task: 'classify', options: {}, shape: () => ({}), load: async () => ({}) }],
  holdOut: [[0, 1, 0, 1], 0.5],
  inMemory: [
    'classify',
    dataset,
    { batch: 1, limit: 2, normalization, augment: [flip], validation: 0.5 },
    { onProgress: () => undefined, augmentations: [], plugins: [] },
    [flip],
  ],
  fashionMnist: { good: [{ split: 'embedded', directory: undefined, download: false }], options: [0] },
  floatImages: [set, [0, 1], normalization],
  readImageSet: {
    good: [
      { name: 'i', bytes: idx },
      { name: 'l', bytes: labels },
      { classCount: 10, normalization },
    ],
    options: [2],
  },
  decodeImage: {
    good: [sharp, 'nowhere.png', 100],
    refuses: true,
    call: (one: never, file: never, most: never) => data.decodeImage(one, below(file), most),
  },
  'decodeImage(), of bytes': {
    good: [{ name: 'a picture', bytes: encodePng(blankPicture(2, 2, 3, 9)) }],
    call: (given: never) => data.decodeImage(sharp, given),
  },
  imageBatches: {
    good: [
      files,
      { ...order, size: 2, workers: 1, channels: 3, badFiles: 'skip', maxPixels: 100, normalization, augment: [flip] },
    ],
    options: [1],
  },
  imageFolder: { good: ['nowhere'], refuses: true, call: (path: never) => data.imageFolder(below(path)) },
  imageNet: { good: [{ directory: folder, split: 'val' }], options: [0], refuses: true },
  imageParts: { good: ['nowhere'], refuses: true, call: (path: never) => data.imageParts(below(path)) },
  describeSkipped: [[{ file: 'a', reason: 'unsupported', message: 'No.', why: 'No.' }]],
  countByClass: [files],
  splitImages: [files, 2],
  Random: [1],
  'Random().below': { good: [3], call: (limit: never) => random.below(limit) },
  'Random().permutation': { good: [3], call: (count: never) => random.permutation(count) },
  'Random().state': {
    good: [[1, 2, 3, 4]],
    call: (state: never) => {
      new data.Random(1).state = state
    },
  },
  readIdx: [idx, 'x'],
  readMpii: { good: [folder, 'train'], refuses: true, call: (path: never, part: never) => data.readMpii(below(path), part) },
  readCocoKeypoints: {
    good: [folder, 'train'],
    refuses: true,
    call: (path: never, part: never) => data.readCocoKeypoints(below(path), part),
  },
}

testPublicFunctions(data, trials)
