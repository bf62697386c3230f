import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type GraphTensor, OnebitError, readModelFile, saveModel } from '@onebit/core'
import { fashionMnist } from '@onebit/data'
import { preparePicture } from '@onebit/image'
import { readRun } from '@onebit/train'
import sharp, { type Sharp } from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { evaluateFile } from '../src/commands/eval.ts'
import { freezeRun } from '../src/commands/freeze.ts'
import { reportRun } from '../src/commands/report.ts'
import { runFile } from '../src/commands/run.ts'
import { summarize } from '../src/commands/summary.ts'
import { trainRun } from '../src/commands/train.ts'
import { InterruptedError } from '../src/errors.ts'
import { readPictureFile } from '../src/picture.ts'
import { Shell } from '../src/shell.ts'
import { onebit, temporaryFolder, tinyFile, tinyRecipe } from './support.ts'

const folder = await temporaryFolder()
const silent = { write() {} }
const quiet = new Shell({ stdout: silent, stderr: silent })
let file: string
/** The same network, frozen without metadata about its pictures. */
let bareFile: string

beforeAll(async () => {
  file = await tinyFile(folder)
  bareFile = join(folder, 'bare.safetensors')
  await saveModel({ ...(await readModelFile(file)), metadata: {} }, bareFile)
})

/** The first picture of the test set, as a PNG. */
async function writePicture(name: string, change: (image: Sharp) => Sharp = (image) => image): Promise<string> {
  const { test } = await fashionMnist()
  const raw = Buffer.from(test.images.subarray(0, 784))
  const path = join(folder, name)
  const gray = await sharp(raw, { raw: { width: 28, height: 28, channels: 1 } })
    .png()
    .toBuffer()
  await change(sharp(gray)).png().toFile(path)
  return path
}

describe('train, freeze, eval, report', () => {
  const out = join(folder, 'run')

  it('go from a recipe to a page', async () => {
    const trained = await trainRun({ recipe: await tinyRecipe(), out, engine: 'wasm' }, quiet)
    expect(trained).toMatchObject({ out, interrupted: false })
    expect(trained.epochs).toHaveLength(1)
    const { recipe, normalization } = await readRun(out)
    expect(recipe).toMatchObject({ dataset: { name: 'fashion-mnist' }, training: { epochs: 1 } })
    expect(normalization).toMatchObject({ mean: 0.28604 })

    const frozen = await freezeRun({ run: out }, quiet)
    expect(frozen.file).toBe(join(out, 'model.safetensors'))
    expect((await readFile(frozen.file)).length).toBe(frozen.bytes)
    expect(frozen.floatBytes).toBe(4 * (frozen.parameters.binary + frozen.parameters.real))

    const evaluation = await evaluateFile({ file: frozen.file, limit: 128 }, quiet)
    expect(evaluation).toMatchObject({ data: 'Fashion-MNIST', count: 128, backend: 'kernels-wasm' })
    expect(evaluation).toMatchObject({ task: 'classify', headline: 'accuracy' })
    expect(evaluation.metrics.accuracy).toBeCloseTo(trained.test!.accuracy, 1)

    const report = await reportRun({ run: out })
    const html = await readFile(report.file, 'utf8')
    expect(html).toContain('Frozen network')
    expect(html).toContain('</html>')
  })

  it('do not replace a run unless told to', async () => {
    const recipe = await tinyRecipe()
    await expect(trainRun({ recipe, out, engine: 'wasm' }, quiet)).rejects.toThrow(/already holds a run/)
    await trainRun({ recipe, out, engine: 'wasm', force: true }, quiet)
    expect((await readFile(join(out, 'log.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(1)
  })

  it('stop when interrupted', async () => {
    const signal = AbortSignal.abort()
    const shell = new Shell({ stdout: silent, stderr: silent, signal })
    await expect(trainRun({ recipe: await tinyRecipe(), out: join(folder, 'never') }, shell)).rejects.toThrow(InterruptedError)
    await expect(evaluateFile({ file }, shell)).rejects.toThrow(InterruptedError)
  })
})

describe('eval', () => {
  it('gives the same accuracy on both backends', async () => {
    const accuracies = await Promise.all(
      ['wasm', 'reference'].map(async (backend) => (await evaluateFile({ file, backend, limit: 64 }, quiet)).metrics.accuracy),
    )
    expect(accuracies[0]).toBe(accuracies[1])
  })
})

describe('eval, of the data that the file names', () => {
  it('uses it by default', async () => {
    const { data } = await evaluateFile({ file, limit: 16 }, quiet)
    expect(data).toBe('Fashion-MNIST')
  })

  it('asks for a name if the file has none, and says which normalization it uses', async () => {
    await expect(evaluateFile({ file: bareFile }, quiet)).rejects.toThrow(/does not say which data set.*--data: fashion-mnist/)
    const { code, stdout, stderr } = await onebit('eval', bareFile, '--data', 'fashion-mnist', '--limit', '16', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ count: 16 })
    expect(stderr).toContain('The file states no normalization, so the one of Fashion-MNIST is used.')
  })

  it('asks for a name if the command does not know the one in the file', async () => {
    const path = join(folder, 'own.safetensors')
    await saveModel({ ...(await readModelFile(file)), metadata: { dataset: 'my pets' } }, path)
    await expect(evaluateFile({ file: path }, quiet)).rejects.toThrow(/trained on 'my pets', which this command does not know/)
  })

  it('is refused before anything is read if it does not fit', async () => {
    const mistaken = evaluateFile({ file, data: 'cifar-10', folder: join(folder, 'nowhere') }, quiet)
    await expect(mistaken).rejects.toThrow(
      /does not fit cifar-10. Expected one input of \[32, 32, 3\], received \[28, 28, 1\].*trained on Fashion-MNIST/,
    )
  })
})

describe('pictures of odd shapes and names', () => {
  it.each([
    ['thin.png', 40_000, 1],
    ['tall.png', 1, 40_000],
    ['one.png', 1, 1],
    ['a boot: #1 100%.png', 6000, 1],
    ['Schuh 鞋.webp', 16_000, 2],
  ])('%s of %i x %i runs', async (name, width, height) => {
    const path = join(folder, name)
    await sharp({ create: { width, height, channels: 3, background: 'gray' } }).toFile(path)
    const { rows } = await runFile({ file, image: path, top: 10 }, quiet)
    expect(rows.reduce((sum, { score }) => sum + score!, 0)).toBeCloseTo(1, 5)
  })
})

describe('scores that are not finite', () => {
  // Finite weights whose sums overflow, whatever the sign of the features. No check of the file finds them.
  it.each([
    ['run', (path: string, photo: string) => ['run', path, photo]],
    ['eval', (path: string) => ['eval', path, '--limit', '16']],
    ['run --draw', (path: string, photo: string) => ['run', path, photo, '--draw', join(folder, 'not-drawn.png')]],
  ])('are an error of %s', async (_, argvOf) => {
    const path = join(folder, 'overflows.safetensors')
    const graph = await readModelFile(file)
    const tensors = Array.from(graph.tensors, ([name, tensor]): [string, GraphTensor] =>
      /^head\.dense\.(weights|bias)$/.test(name) && tensor.dtype === 'float32'
        ? [
            name,
            { ...tensor, data: tensor.data.map((_, index) => (name.endsWith('bias') || index % 2 === 0 ? 3.4e38 : -3.4e38)) },
          ]
        : [name, tensor],
    )
    await saveModel({ ...graph, tensors: new Map(tensors) }, path)
    const { code, stdout, stderr } = await onebit(...argvOf(path, await writePicture('overflows.png')))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/OutputError: The network's output 'scores' is not finite for sample 0/)
    await expect(stat(join(folder, 'not-drawn.png'))).rejects.toThrow(/ENOENT/)
  })
})

describe('readPictureFile', () => {
  it('gives a picture of the right size with the same values as the data set, after preparation', async () => {
    const { test, normalization } = await fashionMnist()
    const picture = await readPictureFile(await writePicture('same.png'))
    const { values } = preparePicture(picture, undefined, { input: [28, 28, 1], normalization })
    const { mean, standardDeviation } = normalization
    expect(values).toEqual(Float32Array.from(test.images.subarray(0, 784), (pixel) => (pixel / 255 - mean) / standardDeviation))
  })

  it('keeps color and alpha, and rotates by the orientation of the camera', async () => {
    const path = join(folder, 'wide.png')
    const background = { r: 255, g: 0, b: 0, alpha: 0.5 }
    await sharp({ create: { width: 6, height: 3, channels: 4, background } })
      .png()
      .toFile(path)
    const picture = await readPictureFile(path)
    expect(picture).toMatchObject({ width: 6, height: 3, channels: 4 })
    expect([...picture.data.subarray(0, 4)]).toEqual([255, 0, 0, 128])
    const turned = join(folder, 'turned.jpg')
    await sharp({ create: { width: 6, height: 3, channels: 3, background: '#00ff00' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toFile(turned)
    expect(await readPictureFile(turned)).toMatchObject({ width: 3, height: 6, channels: 3 })
  })

  it('refuses a file that is not a picture', async () => {
    await expect(readPictureFile(file)).rejects.toThrow(/could not be decoded/)
  })
})

describe('run', () => {
  it('names the best labels, by falling probability', async () => {
    const { task, rows, prediction } = await runFile({ file, image: await writePicture('run.png'), top: 10 }, quiet)
    expect(task).toBe('classify')
    expect(rows).toHaveLength(10)
    expect(rows.map(({ label }) => label)).toContain('Ankle boot')
    expect(rows.every(({ score }, rank) => rank === 0 || score! <= rows[rank - 1].score!)).toBe(true)
    expect(rows.reduce((sum, { score }) => sum + score!, 0)).toBeCloseTo(1, 5)
    expect(prediction).toEqual(rows.map(({ label, score }) => ({ label, score, index: expect.any(Number) })))
  })

  it('gives the same answer on both backends', async () => {
    const image = await writePicture('both.png')
    const wasm = await runFile({ file, image }, quiet)
    const reference = await runFile({ file, image, backend: 'reference' }, quiet)
    expect(wasm.rows).toEqual(reference.rows)
    const threads = await runFile({ file, image, backend: 'wasm:threads=2' }, quiet)
    expect(threads.rows).toEqual(reference.rows)
  })

  it('draws the prediction on the picture', async () => {
    const [image, drawn] = [await writePicture('draw.png'), join(folder, 'drawn.png')]
    const { code, stdout } = await onebit('run', file, image, '--draw', drawn)
    expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({ code: 0, last: `saved ${drawn}` })
    const { width, height, channels } = await sharp(drawn).metadata()
    expect({ width: width! >= 28, height: height! >= 28, channels }).toEqual({ width: true, height: true, channels: 3 })
    const failing = await onebit('run', file, image, '--draw', join(image, 'inside.png'))
    expect(failing).toMatchObject({ code: 2, stderr: expect.stringMatching(/FileError.*could not be written/) })
  })

  it('names the missing plugin if no plugin provides the task', async () => {
    const path = join(folder, 'counting.safetensors')
    await saveModel({ ...(await readModelFile(file)), metadata: { task: 'counting' } }, path)
    for (const argv of [
      ['run', path, await writePicture('counting.png')],
      ['eval', path, '--data', 'fashion-mnist'],
    ]) {
      const { code, stderr } = await onebit(...argv)
      expect(stderr).toMatch(/task 'counting', which no loaded plugin provides.*--plugin/s)
      expect(code).toBe(2)
    }
  })

  it('prints its assumptions about a file without metadata on standard error', async () => {
    const image = await writePicture('bare.png')
    const { code, stdout, stderr } = await onebit('run', bareFile, image, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout).rows[0].label).toMatch(/^\d$/)
    expect(stderr).toMatch(/names no classes.*\n.*no normalization.*\n.*taskMetadata/)
    expect((await onebit('run', file, image)).stderr).toBe('')
  })

  it('suggests --invert for a light background', async () => {
    const image = await writePicture('light.png', (picture) => picture.negate({ alpha: false }))
    expect((await onebit('run', file, image)).stderr).toContain('Try --invert')
    expect((await onebit('run', file, image, '--invert')).stderr).toBe('')
  })
})

describe('run, of a transparent picture', () => {
  /** A drawing in one gray on a transparent ground, in the strength of its alpha. */
  async function drawing(name: string, gray: number, share = 0.25): Promise<string> {
    const path = join(folder, name)
    const pixels = Buffer.from(
      Array.from({ length: 784 }, (_, index) => [gray, gray, gray, index % 28 < 28 * share ? 255 : 0]).flat(),
    )
    await sharp(pixels, { raw: { width: 28, height: 28, channels: 4 } }).toFile(path)
    return path
  }
  const rowsOf = async (...argv: string[]): Promise<unknown> =>
    JSON.parse((await onebit('run', file, ...argv, '--json')).stdout).rows

  it('says that black is behind it: dark lines are lost', async () => {
    const { code, stderr } = await onebit('run', file, await drawing('logo.png', 0))
    expect(code).toBe(0)
    expect(stderr).toMatch(/75 % of the picture is transparent, and black is behind it.*try --background white/)
    expect(await rowsOf(await drawing('logo.png', 0))).toEqual(await rowsOf(await drawing('nothing.png', 0, 0)))
  })

  it.each(['white', 'checkerboard'])('shows dark lines on %s', async (background) => {
    const logo = await drawing('logo.png', 0)
    expect((await onebit('run', file, logo, '--background', background)).stderr).not.toContain('transparent')
    expect(await rowsOf(logo, '--background', background)).not.toEqual(await rowsOf(logo))
  })

  it('is the same on white as a file that is white there', async () => {
    const logo = await drawing('logo.png', 0)
    const flat = join(folder, 'flat.png')
    await sharp(logo).flatten({ background: 'white' }).toFile(flat)
    expect(await rowsOf(logo, '--background', 'white')).toEqual(await rowsOf(flat))
    expect(await rowsOf(logo, '--background', 'black')).toEqual(await rowsOf(logo))
  })

  it('says nothing of rounded corners, and nothing of opaque files', async () => {
    expect((await onebit('run', file, await drawing('corners.png', 90, 0.97))).stderr).not.toContain('transparent')
    expect((await onebit('run', file, await drawing('opaque.png', 90, 1))).stderr).not.toContain('transparent')
    expect((await onebit('run', file, await drawing('opaque.png', 90, 1), '--background', 'blue')).code).toBe(2)
  })
})

describe('summary', () => {
  it('knows published networks by name, and counts as their papers do', async () => {
    const { totals, inputs, convention } = await summarize({ source: 'bi-real-18', convention: 'bi-real' })
    expect(convention).toBe('bi-real')
    expect(inputs).toEqual([{ name: 'image', shape: [224, 224, 3] }])
    expect(totals.bops).toBe(1_676_279_808)
    expect(totals.speedup).toBeCloseTo(11.06, 2)
    expect(totals.binaryParameters).toBe(10_985_472)
    const larq = await summarize({ source: 'real-to-binary-18', convention: 'larq' })
    expect(larq.totals.parameters).toBe(11_995_624)
    expect(larq.totals.memoryBits / 8 / 2 ** 20).toBeCloseTo(5.13, 2)
    await expect(summarize({ source: 'bi-real-18', convention: 'bireal' })).rejects.toThrow(/bi-real/)
    const quicknet = await summarize({ source: 'quicknet-medium', convention: 'larq-fused' })
    expect(quicknet.totals.parameters).toBe(13_234_088)
  })

  it.each([
    ['ir-net-20', 269_850],
    ['binary-net', 14_022_016 + 7_700],
  ])('knows the head of a published network: %s', async (source, parameters) => {
    expect((await summarize({ source, convention: 'larq-fused' })).totals.parameters).toBe(parameters)
  })

  it('counts a file, and the same for the network it came from', async () => {
    const fromFile = await summarize({ source: file })
    const fromName = await summarize({ source: 'resnet-small:width=8,stages=2' })
    expect(fromFile).toMatchObject({ from: 'file', inputs: [{ name: 'image', shape: [28, 28, 1] }] })
    expect(fromName.from).toBe('network')
    expect(fromName.totals.macs).toEqual(fromFile.totals.macs)
    // Two 3x3 convolutions of 8 to 8 channels, one of 8 to 16, one of 16 to 16.
    expect(fromFile.totals.binaryParameters).toBe(9 * (8 * 8 + 8 * 8 + 8 * 16 + 16 * 16))
  })

  it('reads a file from an address, as run and eval do', async () => {
    const bytes = await readFile(file)
    const server = createServer(({ url }, response) => void response.writeHead(url === '/tiny' ? 200 : 404).end(bytes))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const { from, totals } = await summarize({ source: `${address}/tiny` })
      expect({ from, totals }).toEqual({ from: 'file', totals: (await summarize({ source: file })).totals })
      await expect(summarize({ source: `${address}/none.safetensors` })).rejects.toThrow(/404/)
    } finally {
      server.close()
    }
  })

  it.each(['ftp://example.org/m', 'file:///nowhere/m', 'data:,x', 'http://127.0.0.1:9/m'])(
    'takes %s as an address',
    async (source) => {
      await expect(summarize({ source })).rejects.toThrow(OnebitError)
      await expect(summarize({ source })).rejects.not.toThrow(/is not a file, a run folder or a network/)
    },
  )

  it.each(['missing.safetensors', 'C:\\models\\first.safetensors', 'run-10:30/model'])(
    'says that %s is no file and no network',
    async (source) => {
      await expect(summarize({ source })).rejects.toThrow(/is not a file, a run folder or a network/)
    },
  )

  it('shows the facts that a file states for its users', async () => {
    expect((await summarize({ source: file })).metadata).toMatchObject({ task: 'classify', dataset: 'Fashion-MNIST' })
    const { stdout } = await onebit('summary', file)
    expect(stdout).toMatch(/^states +task classify, Fashion-MNIST, 10 classes, a normalization$/m)
    expect(stdout).toMatch(/^activations +[\d.]+ \w+ at peak$/m)
    expect((await onebit('summary', bareFile)).stdout).toMatch(/^states +no task, no data set, no normalization$/m)
    expect((await onebit('summary', 'resnet-small:width=8,stages=2')).stdout).not.toMatch(/^states/m)
  })

  it('names the kernel of each layer, and says why it is not the fastest', async () => {
    const { layers, totals, backend } = await summarize({ source: 'resnet-small:width=7,stages=2' })
    expect(backend).toBe('kernels-wasm')
    const layer = (name: string) => layers.find(({ node }) => node === name)!
    expect(layers.find(({ op }) => op === 'binaryConv2d')!.kernel).toMatch(/popcount|table/)
    // Seven outputs are not a multiple of the kernel's block.
    expect(layer('stem.conv')).toMatchObject({ kernel: 'floatConv', reason: expect.stringMatching(/not a multiple/) })
    expect(layers.every(({ kernel, activationBytes }) => kernel !== '' && activationBytes > 0)).toBe(true)
    expect(totals.activationBytes).toBe(layers.reduce((sum, { activationBytes }) => sum + activationBytes, 4 * 28 * 28))
    const { stdout } = await onebit('summary', 'resnet-small:width=7,stages=2')
    expect(stdout).toMatch(/floatConv \*/)
    expect(stdout).toMatch(/^\* stem.conv: .*not a multiple/m)
    const plain = await summarize({ source: 'resnet-small:width=7,stages=2', backend: 'reference' })
    expect(plain.layers[0].kernel).toMatch(/plain loops/)
  })

  it('takes the size of the input, a head with options, and a data set', async () => {
    const source = 'resnet-small:width=8,stages=2'
    const head = { name: 'classification', classes: 100 }
    const { inputs, layers } = await summarize({ source, input: [32, 32, 3], head })
    expect(inputs[0].shape).toEqual([32, 32, 3])
    expect(layers.at(-1)!.outputShape).toEqual([100])
    const cifar = await summarize({ source, data: { name: 'cifar-100', labels: 'coarse' } })
    expect([cifar.inputs[0].shape, cifar.layers.at(-1)!.outputShape]).toEqual([[32, 32, 3], [20]])
  })

  it('reads a recipe', async () => {
    const path = join(folder, 'summary.json')
    await writeFile(path, JSON.stringify((await tinyRecipe()).recipe))
    expect((await summarize({ source: path })).from).toBe('recipe')
  })

  it('suggests a network for an unknown name', async () => {
    await expect(summarize({ source: 'resnet19' })).rejects.toThrow(/Did you mean 'resnet18'/)
  })
})
