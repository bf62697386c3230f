import { checkOptions, rules, type ValueRules } from '@onebit/core'
import { DataError } from '../data-error.ts'
import type { LabeledDataset } from '../dataset.ts'
import type { LabeledSet } from '../image-set.ts'
import type { OnProgress } from '../load-progress.ts'
import { builtin } from '../node-builtins.ts'
import type { ChannelNormalization } from '../normalization.ts'
import { type CifarEdition, type CifarForm, cifar10Edition, cifar100Edition } from './cifar-editions.ts'
import { type CifarFiles, downloadCifar, findCifar } from './cifar-files.ts'
import type { CifarLabels } from './read-cifar.ts'

export interface CifarOptions {
  /**
   * Location of the data set: the archive (.tar.gz) or the unpacked folder, in the binary or the Python version, or a folder that
   * contains one of them, directly or in `cifar-10` or `cifar-100`. A download goes to the latter.
   * Default: the environment variable ONEBIT_DATA_DIR. Without it, downloads go to `~/.cache/onebit`.
   */
  directory?: string
  /** Downloads the binary version, about 170 MB, if this machine does not have it. Default: true. */
  download?: boolean
  /** URL of the folder with the archive. Default: the authors' page at the University of Toronto. */
  address?: string
  onProgress?: OnProgress
  /** Stops a download. The next call continues it. */
  signal?: AbortSignal
}

export interface Cifar100Options extends CifarOptions {
  /** 100 fine or 20 coarse classes. Default: `fine`. */
  labels?: 'fine' | 'coarse'
}

const OPTIONS: ValueRules<keyof CifarOptions> = {
  directory: rules.text,
  download: rules.boolean,
  address: rules.text,
  onProgress: rules.callback,
  signal: rules.signal,
}

const publicAddress = 'https://www.cs.toronto.edu/~kriz/'

/**
 * CIFAR-10: 50,000 + 10,000 color images of 32x32 in 10 classes (Krizhevsky, 2009). Node only.
 * Archives are checked against their SHA-256, and files against their exact length.
 * Throws `OptionError`; `FileError`; `DataError` if a file is damaged or unexpected, and with reason `not-found` or `unsupported`
 * (outside Node); `DownloadError` if a download fails.
 */
export async function cifar10(given?: CifarOptions): Promise<LabeledDataset<ChannelNormalization>> {
  return loadCifar(cifar10Edition, 'labels', checkOptions('cifar10()', given, OPTIONS))
}

/** CIFAR-100: 50,000 + 10,000 color images of 32x32. Otherwise like `cifar10`. */
export async function cifar100(given?: Cifar100Options): Promise<LabeledDataset<ChannelNormalization>> {
  const options = checkOptions('cifar100()', given, { ...OPTIONS, labels: rules.oneOf(['fine', 'coarse']) })
  const { labels = 'fine' } = options
  return loadCifar(cifar100Edition, labels, options)
}

/** The data set of an edition. */
export async function loadCifar(
  edition: CifarEdition,
  labels: CifarLabels,
  options: CifarOptions,
): Promise<LabeledDataset<ChannelNormalization>> {
  const { download = true, address = publicAddress, onProgress, signal } = options
  if (!builtin('node:fs/promises')) {
    throw new DataError({ reason: 'unsupported', what: `${edition.name} can only be loaded in Node.` })
  }
  const found = await findCifar(edition, options.directory, onProgress)
  if (!found && !download) {
    throw new DataError({
      reason: 'not-found',
      what: `${edition.name} is not on this machine.`,
      expected: edition.forms.flatMap(({ folder, archive }) => [folder, archive]).join(', '),
      fix: 'Give its folder as `directory` or in ONEBIT_DATA_DIR, or allow the download.',
    })
  }
  const files = found ?? (await downloadCifar(edition, options.directory, address, { onProgress, signal }))
  const { classCount } = edition
  const names = await files.read(files.form.names[labels])
  return {
    name: edition.name,
    facts: { classes: files.form.readNames(names.bytes, names.name, { labels, classCount: classCount[labels] }) },
    input: [32, 32, 3],
    train: await imageSet(edition, files, labels, 'train'),
    test: await imageSet(edition, files, labels, 'test'),
    normalization: edition.normalization,
    source: files.source,
    attribution: `${edition.name} by Alex Krizhevsky, Vinod Nair and Geoffrey Hinton, https://www.cs.toronto.edu/~kriz/cifar.html`,
  }
}

async function imageSet(
  edition: CifarEdition,
  files: CifarFiles,
  labels: CifarLabels,
  part: 'train' | 'test',
): Promise<LabeledSet> {
  const names: CifarForm['train'] = files.form[part]
  const records = part === 'train' ? edition.trainRecords : edition.testRecords
  const annotations = new Uint8Array(names.length * records)
  const set: LabeledSet = {
    images: new Uint8Array(names.length * records * 3072),
    annotations,
    count: names.length * records,
    shape: [32, 32, 3],
    normalization: edition.normalization,
  }
  for (const [index, file] of names.entries()) {
    const { bytes, name } = await files.read(file)
    const read = files.form.readPart(bytes, name, { labels, classCount: edition.classCount[labels] })
    if (read.count !== records) {
      throw new DataError({
        reason: 'count-mismatch',
        file: name,
        what: `'${name}' is not the file of that name in ${edition.name}.`,
        expected: `${records} images`,
        received: `${read.count}`,
        fix: 'Get the file again.',
      })
    }
    set.images.set(read.images, index * records * 3072)
    annotations.set(read.labels, index * records)
  }
  return set
}
