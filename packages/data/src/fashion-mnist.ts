import { checkOptions, rules, type ValueRules } from '@onebit/core'
import { DataError } from './data-error.ts'
import type { Dataset, LabeledDataset } from './dataset.ts'
import { embeddedFashionMnist } from './embedded-fashion-mnist.ts'
import { type FashionMnistContent, fashionMnistFiles } from './fashion-mnist-files.ts'
import { downloadFull, type FullPlaces, findFull, loadFolder } from './full-fashion-mnist.ts'
import { type LabeledSet, readImageSet } from './image-set.ts'
import type { OnProgress } from './load-progress.ts'
import { builtin } from './node-builtins.ts'
import type { Normalization } from './normalization.ts'

export interface FashionMnistOptions {
  /**
   * `embedded` (default): the first 1,000 training and 200 test images of each class, which ship with this package. Works
   * everywhere.
   * `full`: all 60,000 and 10,000 images. Node only. From `directory`, else from Debian's package, else downloaded once (31 MB).
   * `auto`: full if this machine has it, else embedded. Never downloads.
   */
  split?: 'embedded' | 'full' | 'auto'
  /**
   * A folder with the four files, gzipped or not, directly or in `fashion-mnist`. A download goes to the latter.
   * Default: the environment variable ONEBIT_DATA_DIR. Without it, downloads go to `~/.cache/onebit/fashion-mnist`.
   */
  directory?: string
  /** URL of the folder with the four .gz files. Default: the data set's repository on GitHub. */
  address?: string
  /** Allows the download of `full` if this machine does not have it. Default: true. */
  download?: boolean
  onProgress?: OnProgress
  /** Stops a download. The next call continues it. */
  signal?: AbortSignal
}

const OPTIONS: ValueRules<keyof FashionMnistOptions> = {
  split: rules.oneOf(['embedded', 'full', 'auto']),
  directory: rules.text,
  address: rules.text,
  download: rules.boolean,
  onProgress: rules.callback,
  signal: rules.signal,
}

const normalization: Normalization = { mean: 0.28604, standardDeviation: 0.35302 }
const publicAddress = 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/'
const debianFolder = '/usr/share/datasets/fashion-mnist'

/**
 * Fashion-MNIST: 28x28 grayscale pictures of clothes in 10 classes (Xiao, Rasul and Vollgraf, arXiv:1708.07747).
 * Every file of the full set is checked against its SHA-256.
 * Throws `OptionError`; `FileError`; `DataError` if a file is damaged or unexpected, and with reason `unsupported` for `full`
 * outside Node; `DownloadError` if a download fails.
 */
export async function fashionMnist(given?: FashionMnistOptions): Promise<LabeledDataset> {
  return loadFashionMnist(checkOptions('fashionMnist()', given, OPTIONS), debianFolder)
}

/** `fashionMnist` with another path for Debian's folder. */
export async function loadFashionMnist(options: FashionMnistOptions, debian: string): Promise<LabeledDataset> {
  const { split = 'embedded', address = publicAddress, download = true, onProgress, signal } = options
  const places = split === 'embedded' ? undefined : fullPlaces(options, debian)
  const found = places && (await findFull(places))
  if (found) return toDataset(await loadFolder(found.folder, onProgress), found.source)
  if (split !== 'full') return toDataset(await embeddedFashionMnist(onProgress), 'embedded')
  if (!places) {
    throw new DataError({
      reason: 'unsupported',
      what: 'The full Fashion-MNIST can only be loaded in Node.',
      fix: `Use split 'embedded' here.`,
    })
  }
  if (!download) {
    throw new DataError({
      reason: 'not-found',
      what: 'The full Fashion-MNIST is not on this machine.',
      expected: Object.values(fashionMnistFiles)
        .map(({ name }) => name)
        .join(', '),
      fix: 'Give its folder as `directory` or in ONEBIT_DATA_DIR, or allow the download.',
    })
  }
  return toDataset(await downloadFull(places.cache, address, { onProgress, signal }), 'download')
}

/** Undefined outside Node. */
function fullPlaces(options: FashionMnistOptions, debian: string): FullPlaces | undefined {
  const path = builtin('node:path')
  const system = builtin('node:os')
  if (!path || !system) return undefined
  const directory = options.directory || process.env.ONEBIT_DATA_DIR || undefined
  const cache = path.join(directory ?? path.join(system.homedir(), '.cache', 'onebit'), 'fashion-mnist')
  return { directory, debian, cache }
}

/** The names of the classes, in the order of the labels. */
export const FASHION_MNIST_CLASSES: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
]

async function toDataset(content: FashionMnistContent, source: Dataset['source']): Promise<LabeledDataset> {
  const classes = [...FASHION_MNIST_CLASSES]
  const imageSet = (images: 'trainImages' | 'testImages', labels: 'trainLabels' | 'testLabels'): Promise<LabeledSet> =>
    readImageSet(
      { name: fashionMnistFiles[images].name, bytes: content[images] },
      { name: fashionMnistFiles[labels].name, bytes: content[labels] },
      { classCount: classes.length, normalization },
    )
  return {
    name: 'Fashion-MNIST',
    facts: { classes },
    input: [28, 28, 1],
    train: await imageSet('trainImages', 'trainLabels'),
    test: await imageSet('testImages', 'testLabels'),
    normalization,
    background: 'dark',
    source,
    attribution: 'Fashion-MNIST, copyright 2017 Zalando SE, MIT License, https://github.com/zalandoresearch/fashion-mnist',
  }
}
