import type { ChannelNormalization } from '../normalization.ts'
import {
  type CifarPart,
  type CifarReadOptions,
  readCifarBinary,
  readCifarNames,
  readCifarPickle,
  readPickledNames,
} from './read-cifar.ts'

/** One of the two forms in which a CIFAR data set is published. */
export interface CifarForm {
  /** The folder in the archive. */
  folder: string
  archive: string
  /** SHA-256 of the published archive. */
  sha256: string
  train: string[]
  test: string[]
  /** The file with the names of the classes, and the keys for them. */
  names: { labels: string; fine: string; coarse: string }
  readPart(bytes: Uint8Array<ArrayBuffer>, name: string, options: CifarReadOptions): CifarPart
  readNames(bytes: Uint8Array<ArrayBuffer>, name: string, options: CifarReadOptions): string[]
}

/** A CIFAR data set. */
export interface CifarEdition {
  name: string
  /** Name of its folder in the cache. */
  cache: string
  classCount: { labels: number; fine: number; coarse: number }
  /** Number of images in each training file. */
  trainRecords: number
  testRecords: number
  normalization: ChannelNormalization
  /** The forms in the order of the search. The first is also the one for downloads. */
  forms: [CifarForm, CifarForm]
}

const binary = {
  readPart: readCifarBinary,
  readNames: (bytes: Uint8Array<ArrayBuffer>, name: string, { classCount }: CifarReadOptions) =>
    readCifarNames(bytes, name, classCount),
}
const python = {
  readPart: readCifarPickle,
  readNames: (bytes: Uint8Array<ArrayBuffer>, name: string, { classCount, labels }: CifarReadOptions) =>
    readPickledNames(bytes, name, labels === 'labels' ? 'label_names' : `${labels}_label_names`, classCount),
}
const everywhere = (file: string): CifarForm['names'] => ({ labels: file, fine: file, coarse: file })

/** CIFAR-10: 32x32 color images in 10 classes. Mean and standard deviation are those of the 50,000 training images. */
export const cifar10Edition: CifarEdition = {
  name: 'CIFAR-10',
  cache: 'cifar-10',
  classCount: { labels: 10, fine: 10, coarse: 10 },
  trainRecords: 10_000,
  testRecords: 10_000,
  normalization: { mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.247, 0.2435, 0.2616] },
  forms: [
    {
      ...binary,
      folder: 'cifar-10-batches-bin',
      archive: 'cifar-10-binary.tar.gz',
      sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
      train: [1, 2, 3, 4, 5].map((part) => `data_batch_${part}.bin`),
      test: ['test_batch.bin'],
      names: everywhere('batches.meta.txt'),
    },
    {
      ...python,
      folder: 'cifar-10-batches-py',
      archive: 'cifar-10-python.tar.gz',
      sha256: '6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce',
      train: [1, 2, 3, 4, 5].map((part) => `data_batch_${part}`),
      test: ['test_batch'],
      names: everywhere('batches.meta'),
    },
  ],
}

/**
 * CIFAR-100: 32x32 color images in 100 fine or 20 coarse classes. Mean and standard deviation are those of the training images.
 */
export const cifar100Edition: CifarEdition = {
  name: 'CIFAR-100',
  cache: 'cifar-100',
  classCount: { labels: 100, fine: 100, coarse: 20 },
  trainRecords: 50_000,
  testRecords: 10_000,
  normalization: { mean: [0.5071, 0.4865, 0.4409], standardDeviation: [0.2673, 0.2564, 0.2762] },
  forms: [
    {
      ...binary,
      folder: 'cifar-100-binary',
      archive: 'cifar-100-binary.tar.gz',
      sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
      train: ['train.bin'],
      test: ['test.bin'],
      names: { ...everywhere('fine_label_names.txt'), coarse: 'coarse_label_names.txt' },
    },
    {
      ...python,
      folder: 'cifar-100-python',
      archive: 'cifar-100-python.tar.gz',
      sha256: '85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7',
      train: ['train'],
      test: ['test'],
      names: everywhere('meta'),
    },
  ],
}
