import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { FileError, OptionError } from '@onebit/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type FileServer, sendFile, serve } from '../test/file-server.ts'
import { requireFullSet } from '../test/full-set.ts'
import { idxBytes } from '../test/idx-bytes.ts'
import { DataError, DownloadError } from './data-error.ts'
import { fashionMnist, loadFashionMnist } from './fashion-mnist.ts'
import { fashionMnistFiles } from './fashion-mnist-files.ts'
import { floatImages, type LabeledSet } from './image-set.ts'
import type { LoadProgress } from './load-progress.ts'

const files = Object.values(fashionMnistFiles).map((file) => `${file.name}.gz`)
const nowhere = '/nonexistent'
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let folder: string
let server: FileServer | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-data-'))
  vi.stubEnv('ONEBIT_DATA_DIR', '')
  vi.stubEnv('HOME', folder)
  vi.stubEnv('USERPROFILE', folder)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  await server?.close()
  server = undefined
  await rm(folder, { recursive: true })
})

function countsOf({ annotations }: LabeledSet): number[] {
  const counts = new Array<number>(10).fill(0)
  for (const label of annotations) counts[label]++
  return counts
}

/** The first images of each class, found without the script that made the embedded files. */
function firstOfEachClass(set: LabeledSet, perClass: number): { images: Uint8Array; labels: number[] } {
  const chosen: number[] = []
  for (let label = 0; label < 10; label++) {
    for (let index = 0, taken = 0; taken < perClass; index++) {
      if (set.annotations[index] === label) {
        chosen.push(index)
        taken++
      }
    }
  }
  chosen.sort((a, b) => a - b)
  const images = Buffer.concat(chosen.map((index) => set.images.subarray(index * 784, (index + 1) * 784)))
  return { images, labels: chosen.map((index) => set.annotations[index]) }
}

describe('the embedded part', () => {
  test('is class-balanced and the same everywhere', async () => {
    const data = await fashionMnist()
    expect(data).toMatchObject({ name: 'Fashion-MNIST', input: [28, 28, 1], source: 'embedded' })
    expect(data.facts.classes).toHaveLength(10)
    expect(data.attribution).toContain('Zalando SE')
    expect(data.train).toMatchObject({ count: 10000, shape: [28, 28, 1] })
    expect(data.test).toMatchObject({ count: 2000, shape: [28, 28, 1] })
    expect(countsOf(data.train)).toEqual(new Array(10).fill(1000))
    expect(countsOf(data.test)).toEqual(new Array(10).fill(200))
    expect([data.train.images, data.train.annotations, data.test.images, data.test.annotations].map(sha256)).toEqual([
      'e1427044c614fabc29feeff0f27e6b68f88a9ee2f2cfe7d783b9157159864883',
      '2c02745d4ad8b4511333d0eca662ac5664a371860abaa4588b1670e7be59fbdf',
      '96315b1732ab731e68b8def3c284f34b605f7deb7a61e683c7d786265c827c83',
      'b2095bc797d1201e84da76c94012c02d0e6f07af0938df4e00120a3b42d1aa4c',
    ])
  })

  test('is normalized by its own mean and deviation', async () => {
    const { train } = await fashionMnist()
    const floats = floatImages(
      train,
      Array.from({ length: train.count }, (_, index) => index),
    )
    const mean = floats.reduce((sum, value) => sum + value, 0) / floats.length
    const variance = floats.reduce((sum, value) => sum + value * value, 0) / floats.length - mean ** 2
    // The constants come from all 60,000 images; these are the first 10,000.
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(Math.sqrt(variance) - 1)).toBeLessThan(0.02)
  })

  test('equals the selection from the full set', async (context) => {
    const full = await loadFashionMnist({ split: 'full' }, requireFullSet(context))
    const embedded = await fashionMnist()
    for (const [part, perClass] of [
      ['train', 1000],
      ['test', 200],
    ] as const) {
      const { images, labels } = firstOfEachClass(full[part], perClass)
      expect(Buffer.compare(embedded[part].images, images)).toBe(0)
      expect([...embedded[part].annotations]).toEqual(labels)
    }
  })

  test('is fetched where there is no Node', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    const fetched: string[] = []
    vi.stubGlobal('fetch', async (address: URL) => {
      fetched.push(address.pathname.split('/').at(-1)!)
      return new Response(await readFile(address))
    })
    const data = await fashionMnist()
    expect(fetched).toEqual(files)
    expect(data.train.count).toBe(10000)
    expect(countsOf(data.test)).toEqual(new Array(10).fill(200))
  })

  test('says how to serve it where it is not served', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    vi.stubGlobal('fetch', async () => new Response('no', { status: 404 }))
    await expect(fashionMnist()).rejects.toThrow(/HTTP status 404\. Serve the folder 'embedded'/)
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    await expect(fashionMnist()).rejects.toThrow(FileError)
  })
})

describe('the full set', () => {
  test('comes from Debian’s package', async (context) => {
    const progress: LoadProgress[] = []
    const data = await loadFashionMnist({ split: 'full', onProgress: (step) => progress.push(step) }, requireFullSet(context))
    expect(data.source).toBe('debian')
    expect(data.train.count).toBe(60000)
    expect(data.test.count).toBe(10000)
    expect(countsOf(data.train)).toEqual(new Array(10).fill(6000))
    expect(progress.map((step) => [step.file, step.action])).toEqual(files.map((file) => [file, 'read']))
    for (const step of progress) expect(step.received).toBe(step.total)
    let sum = 0
    let squares = 0
    for (const pixel of data.train.images) {
      sum += pixel
      squares += pixel * pixel
    }
    const mean = sum / data.train.images.length / 255
    expect(data.normalization.mean).toBeCloseTo(mean, 5)
    expect(data.normalization.standardDeviation).toBeCloseTo(
      Math.sqrt(squares / data.train.images.length / 255 ** 2 - mean ** 2),
      5,
    )
  })

  test('comes from the data folder before Debian’s, gzipped or not, in it or in fashion-mnist', async (context) => {
    const full = requireFullSet(context)
    for (const below of [join(folder, 'one'), join(folder, 'two', 'fashion-mnist')]) {
      await mkdir(below, { recursive: true })
      for (const file of files.slice(0, 3)) await symlink(join(full, file), join(below, file))
      await writeFile(join(below, files[3].slice(0, -3)), gunzipSync(await readFile(join(full, files[3]))))
    }
    vi.stubEnv('ONEBIT_DATA_DIR', join(folder, 'one'))
    expect((await loadFashionMnist({ split: 'full' }, full)).source).toBe('directory')
    expect((await loadFashionMnist({ split: 'auto', directory: join(folder, 'two') }, full)).source).toBe('directory')
    // A folder that lacks a file is skipped.
    await rm(join(folder, 'one', files[0]))
    expect((await loadFashionMnist({ split: 'full' }, full)).source).toBe('debian')
  })

  test('is downloaded once, then found in the cache', async (context) => {
    const full = requireFullSet(context)
    server = await serve(async (request, response) => sendFile(await readFile(join(full, request.url!)), request, response))
    const progress: LoadProgress[] = []
    const options = {
      split: 'full',
      address: server.address.slice(0, -1),
      onProgress: (step: LoadProgress) => progress.push(step),
    } as const
    const cache = join(folder, '.cache', 'onebit', 'fashion-mnist')
    await mkdir(cache, { recursive: true })
    await copyFile(join(full, files[1]), join(cache, files[1]))

    const data = await loadFashionMnist(options, nowhere)
    expect(data).toMatchObject({ source: 'download', train: { count: 60000 } })
    expect(server.ranges).toHaveLength(3) // One of the four was there.
    const size = (await readFile(join(full, files[0]))).length
    expect(progress.findLast((step) => step.file === files[0])).toEqual({
      file: files[0],
      action: 'download',
      received: size,
      total: size,
    })
    for (const file of files) {
      expect(Buffer.compare(await readFile(join(cache, file)), await readFile(join(full, file)))).toBe(0)
    }

    const again = await loadFashionMnist(options, nowhere)
    expect(again.source).toBe('download')
    expect(server.ranges).toHaveLength(3)
  })

  test('says what to do where it can be neither found nor downloaded', async () => {
    server = await serve((_, response) => response.writeHead(404).end())
    const options = { split: 'full', address: server.address, directory: folder } as const
    const error = await loadFashionMnist(options, nowhere).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(DownloadError)
    expect(DataError.isInstance(error)).toBe(true)
    expect(error.message).toContain('ONEBIT_DATA_DIR')
    expect(error.message).toContain('dataset-fashion-mnist')
    expect(error.file).toBe(`${server.address}${files[0]}`)
  })

  test('is not downloaded where that is not permitted', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    const error = await loadFashionMnist({ split: 'full', download: false }, nowhere).catch((caught) => caught)
    expect(DataError.isInstance(error) && error.reason).toBe('not-found')
    expect(fetched).not.toHaveBeenCalled()
  })

  test('refuses files that are not Fashion-MNIST', async () => {
    for (const file of files) await writeFile(join(folder, file), gzipSync(idxBytes([1], [0])))
    const error = await loadFashionMnist({ split: 'full', directory: folder }, nowhere).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(DataError)
    expect(error).toMatchObject({ reason: 'checksum', file: join(folder, files[0]) })
    expect(error.message).toContain('Replace the file')
  })

  test('refuses a truncated file', async () => {
    const embedded = await readFile(new URL('../embedded/t10k-labels-idx1-ubyte.gz', import.meta.url))
    for (const file of files) await writeFile(join(folder, file), embedded.subarray(0, 500))
    const error = await loadFashionMnist({ split: 'full', directory: folder }, nowhere).catch((thrown) => thrown)
    expect(error).toMatchObject({ name: 'DataError', reason: 'truncated', file: join(folder, files[0]) })
    expect(error.message).toContain('received 500 bytes')
  })

  test('auto takes the embedded part, without a network, where there is no full set', async () => {
    vi.stubGlobal('fetch', () => expect.fail('auto must not download'))
    expect((await loadFashionMnist({ split: 'auto' }, nowhere)).source).toBe('embedded')
  })

  test('needs Node', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    await expect(fashionMnist({ split: 'full' })).rejects.toMatchObject({ name: 'DataError', reason: 'unsupported' })
  })

  test('refuses a split that it does not know', async () => {
    await expect(fashionMnist({ split: 'tiny' as 'full' })).rejects.toThrow(OptionError)
  })
})
