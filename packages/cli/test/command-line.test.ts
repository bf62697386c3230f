/**
 * The command line from a script's point of view: exit codes, streams, JSON. It runs in this process; `built-command.test.ts`
 * runs the built command.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { publishedNetworks, publishedPoseNetworks } from '@onebit/networks'
import { beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../src/exit-codes.ts'
import { runCli } from '../src/run-cli.ts'
import { onebit, temporaryFolder, tinyFile } from './support.ts'

const folder = await temporaryFolder()
let file: string

beforeAll(async () => {
  file = await tinyFile(folder)
})

describe('help', () => {
  it.each(['train', 'freeze', 'eval', 'run', 'summary', 'bench', 'recipe', 'plugins', 'report'])(
    'of %s has an example',
    async (name) => {
      const { code, stdout } = await onebit(name, '--help')
      expect(code).toBe(EXIT.success)
      expect(stdout).toMatch(new RegExp(`Examples?:\n  \\$ onebit ${name}`))
      expect(stdout).toContain('--json')
    },
  )

  it.each(['train', 'eval', 'run', 'summary', 'bench', 'recipe'])(
    'of %s is 80 columns wide, but for the examples',
    async (name) => {
      const [text] = (await onebit(name, '--help')).stdout.split(/^Examples?:$/m)
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
    },
  )

  it('of train gives the size of every download', async () => {
    const text = (await onebit('train', '--help')).stdout.replaceAll(/\s+/g, ' ')
    expect(text).toContain(
      '--no-download do not download it if this machine does not have it: 31 MB for Fashion-MNIST, 170 MB for CIFAR',
    )
  })

  it('of summary names every network of a paper', async () => {
    const text = (await onebit('summary', '--help')).stdout.replaceAll(/\s+/g, ' ')
    const names = [...Object.keys(publishedNetworks), ...Object.keys(publishedPoseNetworks)]
    expect(text).toContain(`Published networks have names: ${names.join(', ')}.`)
  })

  it.each([
    [['--json', '--help'], 'help', /^Usage: onebit /],
    [['train', '--json', '--help'], 'help', /^Usage: onebit train /],
    [['train', '--help', '--json'], 'help', /^Usage: onebit train /],
    [['--json', '--version'], 'version', /^\d+\.\d+\.\d+$/],
  ])('%j is a document for machines', async (argv, key, text) => {
    const { code, stdout } = await onebit(...argv)
    expect(code).toBe(EXIT.success)
    expect(JSON.parse(stdout)).toEqual({ [key]: expect.stringMatching(text) })
  })

  it('lists the exit codes', async () => {
    const { code, stdout } = await onebit('--help')
    expect(code).toBe(EXIT.success)
    for (const number of Object.values(EXIT)) expect(stdout).toMatch(new RegExp(`^ {2}${number} `, 'm'))
  })
})

describe('mistakes', () => {
  it.each([
    ['no command', [], /Usage:/],
    ['an unknown command', ['trian'], /Did you mean train/],
    ['an unknown flag', ['eval', 'x', '--limitt', '3'], /Did you mean --limit/],
    ['a bad number', ['eval', 'x', '--limit', '0'], /integer of at least 1/],
    ['a missing argument', ['freeze'], /missing required argument 'run'/],
    ['an unknown quantizer', ['train', '--activation', 'aprox-sign'], /Did you mean 'approx-sign'.*\n {2}at --activation/],
    ['an unknown data set', ['train', '--data', 'fashion'], /no dataset named 'fashion'.*Known.*\n {2}at --data/],
    ['a number that is none', ['train', '--epochs', 'many'], /an integer of at least 1, received "many".*\n {2}at --epochs/],
    ['a missing file', ['eval', 'missing.safetensors'], /FileError: 'missing.safetensors' could not be read/],
    ['a folder that is no run', ['report', 'nowhere'], /RunError: There is no run in 'nowhere'/],
  ])('exit with 2 on %s', async (_, argv, message) => {
    const { code, stdout, stderr } = await onebit(...argv)
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/\n {4}at /)
    expect(stdout).toBe('')
    expect(code).toBe(EXIT.usage)
  })

  it('exit with 2 if nothing can be written, and leave the old file', async () => {
    const run = join(folder, 'run')
    const train = ['train', '--network', 'resnet-small:width=8,stages=2', '--limit', '64', '--epochs', '1', '--engine', 'wasm']
    const inFile = await onebit(...train, '--out', join(file, 'run'))
    expect(inFile).toMatchObject({ code: EXIT.usage, stdout: '' })
    expect(inFile.stderr).toMatch(/FileError: The run folder '.*' cannot be made.*A part of the path is a file/s)
    expect((await onebit(...train, '--out', run)).code).toBe(EXIT.success)
    for (const command of ['freeze', 'report']) {
      const { code, stderr } = await onebit(command, run, '--out', join(file, 'out'))
      expect({ command, code }).toEqual({ command, code: EXIT.usage })
      expect(stderr).toMatch(/FileError: '.*' could not be written.*A part of the path is a file/s)
    }
    expect((await onebit('summary', file)).code).toBe(EXIT.success)
  })

  it('are told as JSON too', async () => {
    const { code, stdout, stderr } = await onebit('train', '--weight', 'nothing', '--json')
    expect(code).toBe(EXIT.usage)
    expect(JSON.parse(stdout).error).toMatchObject({ name: 'PluginNotFoundError', at: '--weight' })
    expect(stderr).toContain('PluginNotFoundError')
  })

  it('show a stack on request', async () => {
    const { stderr } = await onebit('report', 'nowhere', '--debug')
    expect(stderr).toMatch(/\n {4}at /)
  })

  it('name the place in a broken file', async () => {
    const broken = join(folder, 'broken.safetensors')
    await writeFile(broken, 'this is no model')
    const { code, stderr } = await onebit('summary', broken)
    expect(code).toBe(EXIT.usage)
    expect(stderr).toContain('ModelFormatError')
    expect(stderr).toContain('broken.safetensors')
  })
})

describe('--json', () => {
  async function json(...argv: string[]): Promise<ReturnType<typeof JSON.parse>> {
    const { code, stdout } = await onebit(...argv, '--json')
    expect(code).toBe(EXIT.success)
    return JSON.parse(stdout)
  }

  it('plugins: every plugin with its options', async () => {
    const plugins = await json('plugins')
    const find = (name: string): unknown => plugins.find((plugin: { name: string }) => plugin.name === name)
    expect(find('magnitude-aware-sign')).toEqual({
      kind: 'quantizer',
      name: 'magnitude-aware-sign',
      package: '@onebit/quantizers',
      paper: { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1808.00278' },
      options: {
        scale: expect.objectContaining({ default: 'per-channel', values: ['per-channel', 'per-tensor'] }),
        gradient: expect.objectContaining({ default: 'paper' }),
      },
      for: ['weight'],
      thresholds: 'one',
      levels: 'symmetric',
    })
    expect(find('bi-real')).not.toHaveProperty('for')
  })

  it('plugins: the frozen form of every binarizer', async () => {
    const plugins: { kind: string; name: string; thresholds?: string; package: string; paper: object | null; options: object }[] =
      await json('plugins')
    const quantizers = plugins.filter(({ kind }) => kind === 'quantizer')
    expect(quantizers.length).toBeGreaterThanOrEqual(20)
    for (const { name, thresholds, options, package: origin } of quantizers) {
      expect(['one', 'several', 'none'], name).toContain(thresholds)
      expect(origin, name).toMatch(/^@onebit\//)
      expect(options, name).toBeTypeOf('object')
    }
    const ofNoPaper = quantizers.filter(({ paper }) => paper === null).map(({ name }) => name)
    expect(ofNoPaper.sort()).toEqual(['deciding-linear-classifier', 'deciding-mlp-classifier'])
    const freezing = (what: string): string[] =>
      quantizers.filter(({ thresholds }) => thresholds === what).map(({ name }) => name)
    expect(freezing('none').sort()).toEqual(['clip', 'leaky-clip', 'relu', 'tanh'])
    expect(freezing('several')).toContain('deciding-mlp-classifier')
    expect(freezing('one')).toEqual(expect.arrayContaining(['ste-sign', 'approx-sign', 'linear-classifier', 'rsign']))
    const names = (kind: string): string[] => plugins.filter((plugin) => plugin.kind === kind).map(({ name }) => name)
    expect(names('distiller').sort()).toEqual(['attention-matching', 'feature-matching', 'logit-matching', 'soft-labels'])
    expect(names('optimizer').sort()).toEqual(['adam', 'adamw', 'bop', 'sgd'])
    expect(names('backend').sort()).toEqual(['auto', 'reference', 'wasm', 'webgpu'])
    expect(names('task')).toEqual(expect.arrayContaining(['classify', 'segment']))
    expect(names('loss')).toContain('cross-entropy')
    expect(names('dataset')).toEqual(
      expect.arrayContaining(['fashion-mnist', 'cifar-10', 'cifar-100', 'image-folder', 'imagenet']),
    )
    expect(names('augmentation')).toEqual(expect.arrayContaining(['random-crop', 'horizontal-flip', 'rotation']))
  })

  it('summary: nodes and totals', async () => {
    const { layers, totals, convention } = await json('summary', file)
    expect(convention).toBe('standard')
    expect(layers[0]).toMatchObject({
      node: 'stem.conv',
      op: 'conv2d',
      inputPrecision: 32,
      weightPrecision: 32,
      kernel: 'floatConv',
    })
    const asked = ['parameters', 'binaryParameters', 'memoryBits', 'macs', 'bops', 'flops', 'ops', 'speedup']
    for (const key of asked) expect(totals, key).toHaveProperty(key, expect.any(Number))
    expect(totals.fileBytes).toBeGreaterThan(totals.memoryBits / 8)
  })

  it('eval: metrics and speed', async () => {
    expect(await json('eval', file, '--limit', '32')).toEqual({
      file,
      task: 'classify',
      data: 'Fashion-MNIST',
      backend: 'kernels-wasm',
      count: 32,
      metrics: { accuracy: expect.any(Number) },
      headline: 'accuracy',
      described: [expect.objectContaining({ name: 'accuracy', unit: 'share', better: 'higher' })],
      tables: [expect.objectContaining({ title: expect.any(String), rows: expect.any(Array) }), expect.anything()],
      seconds: expect.any(Number),
      imagesPerSecond: expect.any(Number),
    })
  })

  it('bench: timings of verified answers', async () => {
    const result = await json('bench', file, '--backend', 'wasm,reference', '--runs', '2')
    expect(result).toMatchObject({ batch: 1, runs: 2, node: process.version })
    expect(result.verifications).toEqual([
      { name: 'wasm', difference: 0, tolerance: 0, verified: true },
      { name: 'reference', difference: 0, tolerance: 0, verified: true },
    ])
  })
})

describe('text', () => {
  it('has no colors away from a terminal', async () => {
    const { stdout } = await onebit('summary', file, '--all')
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toContain('stage1.block1.conv1.sign')
  })
})

describe('a terminal of 80 columns', () => {
  /** The output of a command on this terminal, without colors. */
  async function linesOf(...argv: string[]): Promise<string[]> {
    let text = ''
    const terminal = {
      isTTY: true,
      columns: 80,
      write(part: string): void {
        text += part
      },
    }
    await runCli(argv, { stdout: terminal, stderr: { write() {} } })
    return stripVTControlCharacters(text).split('\n')
  }

  it.each([['resnet18'], ['real-to-binary-18', '--data', 'imagenet'], ['group-net-18'], ['react-a'], ['quicknet', '--all']])(
    'takes the summary of %s',
    async (...argv) => {
      const lines = await linesOf('summary', ...argv)
      expect(lines.length).toBeGreaterThan(20)
      expect(lines.filter((line) => line.length > 80)).toEqual([])
    },
  )

  it('fits the tables of an evaluation', async () => {
    const lines = await linesOf('eval', file, '--limit', '20')
    expect(lines.some((line) => line.startsWith('Ankle boot'))).toBe(true)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })
})
