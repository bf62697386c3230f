import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import zlib, { gzipSync } from 'node:zlib'
import { FileError, OptionError } from '@onebit/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type FileServer, sendFile, serve } from '../../test/file-server.ts'
import { pickleBytes } from '../../test/pickle-bytes.ts'
import { tarBytes } from '../../test/tar-bytes.ts'
import { batches } from '../batches.ts'
import { DataError, DownloadError } from '../data-error.ts'
import { type CifarOptions, cifar10, cifar100, loadCifar } from './cifar.ts'
import { type CifarEdition, cifar10Edition, cifar100Edition } from './cifar-editions.ts'
import { readCifarBinary, readCifarPickle } from './read-cifar.ts'

const COUNT = 4
/** Red, green and blue planes, each of one value except for the first two pixels. */
function planes(label: number): Uint8Array {
  const image = new Uint8Array(3072)
  for (const channel of [0, 1, 2]) {
    image.fill(40 * channel + label, channel * 1024, (channel + 1) * 1024)
    image[channel * 1024 + 1] = 200 + channel
  }
  return image
}
const concatenated = (parts: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts))
const labelsOfPart = (part: number): number[] => Array.from({ length: COUNT }, (_, index) => (3 * part + index) % 10)
const pixelsOf = (part: number): Uint8Array<ArrayBuffer> => concatenated(labelsOfPart(part).map(planes))
const binaryPart = (part: number): Uint8Array<ArrayBuffer> =>
  concatenated(labelsOfPart(part).map((label) => concatenated([Uint8Array.of(label), planes(label)])))
const picklePart = (part: number): Uint8Array<ArrayBuffer> =>
  pickleBytes({ data: { shape: [COUNT, 3072], data: pixelsOf(part) }, labels: labelsOfPart(part), filenames: ['a.png'] })
const text = (value: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(value))
const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']

const binaryFiles = {
  ...Object.fromEntries([1, 2, 3, 4, 5].map((part) => [`data_batch_${part}.bin`, binaryPart(part)])),
  'test_batch.bin': binaryPart(6),
  'batches.meta.txt': text(`${names.join('\n')}\n\n`),
}
const pickleFiles = {
  ...Object.fromEntries([1, 2, 3, 4, 5].map((part) => [`data_batch_${part}`, picklePart(part)])),
  test_batch: picklePart(6),
  'batches.meta': pickleBytes({ label_names: names, num_vis: [] }),
}
const binaryArchive = new Uint8Array(gzipSync(tarBytes('cifar-10-batches-bin', binaryFiles)))
const pickleArchive = new Uint8Array(gzipSync(tarBytes('cifar-10-batches-py', pickleFiles)))
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const [binary, python] = cifar10Edition.forms
/** The edition with four images per file. */
const small: CifarEdition = {
  ...cifar10Edition,
  trainRecords: COUNT,
  testRecords: COUNT,
  forms: [
    { ...binary, sha256: sha256(binaryArchive) },
    { ...python, sha256: sha256(pickleArchive) },
  ],
}

let folder: string
let server: FileServer | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-cifar-'))
  vi.stubEnv('ONEBIT_DATA_DIR', '')
  vi.stubEnv('HOME', folder)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await server?.close()
  server = undefined
  await rm(folder, { recursive: true })
})

async function writeAll(below: string, files: Record<string, Uint8Array>): Promise<void> {
  await mkdir(join(folder, below), { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, below, name), bytes)
}
const load = (options: CifarOptions = {}) => loadCifar(small, 'labels', { directory: folder, download: false, ...options })

async function failure(promise: Promise<unknown>, reason: string, type: typeof DataError = DataError): Promise<string> {
  const error = await promise.then(
    () => expect.fail('should not be read'),
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(type)
  expect(error).toMatchObject({ reason })
  return error.message
}

async function expectWhole(data: Awaited<ReturnType<typeof load>>): Promise<void> {
  expect(data).toMatchObject({ name: 'CIFAR-10', facts: { classes: names }, input: [32, 32, 3] })
  expect(data.train).toMatchObject({ count: 5 * COUNT, shape: [32, 32, 3] })
  expect([...data.train.annotations]).toEqual([1, 2, 3, 4, 5].flatMap(labelsOfPart))
  expect([...data.test.annotations]).toEqual(labelsOfPart(6))
  for (const [index, label] of data.train.annotations.entries()) {
    const pixels = data.train.images.subarray(index * 3072, index * 3072 + 9)
    expect([...pixels]).toEqual([label, 40 + label, 80 + label, 200, 201, 202, label, 40 + label, 80 + label])
  }
}

test('normalization is that of the training pictures, channel by channel', () => {
  // The figures of all pixels of the 50,000 pictures, to four digits.
  expect(cifar10Edition.normalization).toEqual({
    mean: [0.4914, 0.4822, 0.4465],
    standardDeviation: [0.247, 0.2435, 0.2616],
  })
  expect(cifar100Edition.normalization).toEqual({
    mean: [0.5071, 0.4865, 0.4409],
    standardDeviation: [0.2673, 0.2564, 0.2762],
  })
})

describe('cifar10', () => {
  test.each([
    ['the binary folder', 'cifar-10-batches-bin', binaryFiles],
    ['the binary files themselves', '', binaryFiles],
    ['the binary folder in the cache below', 'cifar-10/cifar-10-batches-bin', binaryFiles],
    ['the binary archive', '', { 'cifar-10-binary.tar.gz': binaryArchive }],
    ['the Python folder', 'cifar-10-batches-py', pickleFiles],
    ['the Python archive', '', { 'cifar-10-python.tar.gz': pickleArchive }],
  ])('reads %s', async (_, below, files) => {
    await writeAll(below, files)
    await expectWhole(await load())
  })

  test('reads an archive by its path, and finds the folder by ONEBIT_DATA_DIR', async () => {
    await writeAll('', { 'cifar-10-python.tar.gz': pickleArchive })
    await expectWhole(await load({ directory: join(folder, 'cifar-10-python.tar.gz') }))
    vi.stubEnv('ONEBIT_DATA_DIR', folder)
    expect((await load({ directory: undefined })).source).toBe('directory')
  })

  test('is normalized channel by channel', async () => {
    await writeAll('', binaryFiles)
    const { train, normalization } = await load()
    const [batch] = batches(train, { batchSize: 1, shuffle: false })
    const [mean, deviation] = [normalization.mean, normalization.standardDeviation]
    for (const channel of [0, 1, 2])
      expect(batch.images[3 + channel]).toBeCloseTo(((200 + channel) / 255 - mean[channel]) / deviation[channel], 5)
  })

  test('downloads once, resuming, and checks the archive', async () => {
    const target = join(folder, 'cifar-10', 'cifar-10-binary.tar.gz')
    await mkdir(join(folder, 'cifar-10'))
    await writeFile(`${target}.part`, binaryArchive.subarray(0, 300))
    server = await serve((request, response) => sendFile(binaryArchive, request, response))
    const progress: number[] = []
    const options = {
      download: true,
      address: server.address,
      onProgress: ({ received }: { received: number }) => progress.push(received),
    }
    const data = await load(options)
    await expectWhole(data)
    expect(data.source).toBe('download')
    expect(server.ranges).toEqual(['bytes=300-'])
    expect(progress.at(-1)).toBe(binaryArchive.length)
    expect(Buffer.compare(await readFile(target), binaryArchive)).toBe(0)
    await expectWhole(await load(options))
    expect(server.ranges).toHaveLength(1)
  })

  test('another archive from the server is discarded', async () => {
    server = await serve((request, response) => sendFile(pickleArchive, request, response))
    const message = await failure(load({ download: true, address: server.address }), 'checksum', DownloadError)
    expect(message).toContain('of the file')
  })

  test('an archive that is another one, cut off, or lacks a file', async () => {
    await writeAll('', { 'cifar-10-binary.tar.gz': pickleArchive })
    await failure(load(), 'checksum')
    await writeAll('', { 'cifar-10-binary.tar.gz': binaryArchive.subarray(0, -5) })
    expect(await failure(load(), 'checksum')).toMatch(/damaged or incomplete/)
    const { 'test_batch.bin': _, ...rest } = binaryFiles
    const lacking = new Uint8Array(gzipSync(tarBytes('cifar-10-batches-bin', rest)))
    await writeAll('', { 'cifar-10-binary.tar.gz': lacking })
    const edition: CifarEdition = { ...small, forms: [{ ...binary, sha256: sha256(lacking) }, python] }
    expect(await failure(loadCifar(edition, 'labels', { directory: folder }), 'not-found')).toContain('test_batch.bin')
  })

  test('a false archive is refused before it is inflated, which may take minutes', async () => {
    const inflate = vi.spyOn(zlib, 'gunzip')
    await writeFile(join(folder, 'cifar-10-binary.tar.gz'), gzipSync(new Uint8Array(2 ** 24)))
    await failure(load(), 'checksum')
    expect(inflate).not.toHaveBeenCalled()
    await writeFile(join(folder, 'cifar-10-binary.tar.gz'), binaryArchive)
    await expectWhole(await load())
    expect(inflate).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['truncated in a record', { 'data_batch_3.bin': binaryPart(3).slice(0, -7) }, 'truncated'],
    ['truncated by a record', { 'data_batch_3.bin': binaryPart(3).slice(3073) }, 'count-mismatch'],
    ['of zero bytes', { 'data_batch_3.bin': new Uint8Array() }, 'truncated'],
    ['mislabeled', { 'data_batch_3.bin': binaryPart(3).fill(10, 3073, 3074) }, 'label-range'],
    ['without a class', { 'batches.meta.txt': text('airplane\nbird\n') }, 'count-mismatch'],
  ])('a binary file %s', async (_, broken, reason) => {
    await writeAll('', { ...binaryFiles, ...broken })
    expect(await failure(load(), reason)).toContain(Object.keys(broken)[0])
  })

  const image = { shape: [COUNT, 3072] as [number, number], data: pixelsOf(1) }
  test.each([
    ['truncated', { data_batch_2: picklePart(2).slice(0, -3000) }, 'truncated'],
    ['of zero bytes', { data_batch_2: new Uint8Array() }, 'truncated'],
    ['mislabeled', { data_batch_2: pickleBytes({ data: image, labels: [1, 2, 10, 3] }) }, 'label-range'],
    ['with a label too few', { data_batch_2: pickleBytes({ data: image, labels: [1, 2, 3] }) }, 'count-mismatch'],
    ['without labels', { data_batch_2: pickleBytes({ data: image }) }, 'count-mismatch'],
    ['without images', { data_batch_2: pickleBytes({ labels: [1, 2, 3, 4] }) }, 'dimensions'],
    [
      'of another size',
      { data_batch_2: pickleBytes({ data: { shape: [3, 4], data: new Uint8Array(12) }, labels: [1, 2, 3] }) },
      'dimensions',
    ],
    ['that is a list', { data_batch_2: Uint8Array.of(0x80, 2, 0x5d, 0x2e) }, 'pickle'],
    ['that is a binary one', { data_batch_2: binaryPart(2) }, 'pickle'],
    ['without a class', { 'batches.meta': pickleBytes({ label_names: ['bird'] }) }, 'count-mismatch'],
  ])('a Python file %s', async (_, broken, reason) => {
    await writeAll('', { ...pickleFiles, ...broken })
    expect(await failure(load(), reason)).toContain(Object.keys(broken)[0])
  })

  test('that is nowhere says where to get it', async () => {
    expect(await failure(cifar10({ directory: folder, download: false }), 'not-found')).toContain('cifar-10-batches-bin')
  })

  test('the whole set is expected unless told otherwise', async () => {
    await writeAll('', binaryFiles)
    expect(await failure(cifar10({ directory: folder }), 'count-mismatch')).toContain('Expected 10000 images, received 4.')
  })

  test('a file that is missing from a folder', async () => {
    await writeAll('', { 'data_batch_1.bin': binaryPart(1), 'batches.meta.txt': binaryFiles['batches.meta.txt'] })
    await expect(load()).rejects.toBeInstanceOf(FileError)
  })

  test('outside Node', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    await failure(load(), 'unsupported')
  })
})

describe('cifar100', () => {
  const fine = [7, 99, 0, 50]
  const coarse = [3, 19, 0, 11]
  const records = concatenated(fine.map((label, index) => concatenated([Uint8Array.of(coarse[index], label), planes(label)])))
  const pickled = pickleBytes({
    fine_labels: fine,
    coarse_labels: coarse,
    data: { shape: [4, 3072], data: concatenated(fine.map(planes)) },
  })
  const fineNames = Array.from({ length: 100 }, (_, index) => `fine ${index}`)
  const coarseNames = Array.from({ length: 20 }, (_, index) => `coarse ${index}`)
  const edition: CifarEdition = { ...cifar100Edition, trainRecords: 4, testRecords: 4 }
  const lines = (values: string[]): Uint8Array => text(`${values.join('\n')}\n`)

  test.each([
    ['fine', fine, fineNames],
    ['coarse', coarse, coarseNames],
  ] as const)('%s labels of both versions', async (labels, expected, classes) => {
    const textNames = { 'fine_label_names.txt': lines(fineNames), 'coarse_label_names.txt': lines(coarseNames) }
    await writeAll('binary/cifar-100-binary', { 'train.bin': records, 'test.bin': records, ...textNames })
    const meta = pickleBytes({ fine_label_names: fineNames, coarse_label_names: coarseNames })
    await writeAll('python/cifar-100-python', { train: pickled, test: pickled, meta })
    for (const version of ['binary', 'python']) {
      const data = await loadCifar(edition, labels, { directory: join(folder, version) })
      expect([...data.train.annotations]).toEqual(expected)
      expect(data.facts.classes).toEqual(classes)
      expect(data.test.images[3072]).toBe(99)
    }
  })

  test('the readers of single files', () => {
    expect([...readCifarBinary(records, 'train.bin', { labels: 'fine', classCount: 100 }).labels]).toEqual(fine)
    expect([...readCifarPickle(pickled, 'train', { labels: 'coarse', classCount: 20 }).labels]).toEqual(coarse)
  })

  test('other labels', async () => {
    await expect(cifar100({ labels: 'rough' as 'fine' })).rejects.toBeInstanceOf(OptionError)
  })
})
