/** A third-party package brings parts that the built command trains, lists, freezes, evaluates and runs by name. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Random } from '@onebit/data'
import { readRun } from '@onebit/train'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { installOwnPlugin } from './own-plugin.ts'
import { temporaryFolder } from './support.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const isBuilt = existsSync(main)
const run = promisify(execFile)

if (!isBuilt && process.env.ONEBIT_REQUIRE_OPTIONAL === '1') throw new Error(`${main} is missing; run \`turbo build\`.`)

const title = isBuilt ? 'a package of somebody else' : 'a package of somebody else (skipped: dist is missing; run `turbo build`)'

describe.skipIf(!isBuilt)(title, { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder()
  beforeAll(() => installOwnPlugin(folder))

  /** Runs the command in the folder of the package. */
  async function onebit(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const done = run(process.execPath, [main, ...argv], { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' } })
    return done.then(
      (streams) => ({ code: 0, ...streams }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    )
  }

  const recipe = {
    plugins: ['onebit-plugin-own'],
    dataset: { name: 'stripes', batch: 8, augment: [{ type: 'darken', by: 5 }] },
    model: {
      network: { name: 'own-network', width: 8 },
      block: 'own-block',
      activation: { name: 'own-sign', width: 1.5 },
      weight: 'own-sign',
    },
    training: {
      epochs: 3,
      seed: 1,
      learningRate: 0.01,
      losses: ['own-loss', { name: 'cross-entropy', weight: 0.5 }],
      workers: 2,
    },
  }

  const succeed = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await onebit(...argv)
    expect({ argv, code, stderr: code === 0 ? '' : stderr }).toEqual({ argv, code: 0, stderr: '' })
    return stdout
  }

  it('is trained on threads, resumed, frozen, reported, measured and run', async () => {
    await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe))
    await succeed('train', 'recipe.json', '--out', 'run', '--engine', 'wasm')
    const record = await readRun(join(folder, 'run'))
    expect(record).toMatchObject({ data: 'Stripes', facts: { classes: ['across', 'down'] }, interrupted: false })
    expect(record.recipe).toMatchObject({ plugins: ['onebit-plugin-own'] })
    expect(record.engine).toMatch(/on 2 threads/)
    expect(record.epochs.every(({ loss }) => Number.isFinite(loss))).toBe(true)
    expect(await succeed('train', '--resume', 'run')).toContain('saved')

    await succeed('report', 'run')
    expect(await readFile(join(folder, 'run/report.html'), 'utf8')).toContain('</html>')
    expect(await succeed('summary', 'run')).toContain('first.block1.conv')
    await succeed('freeze', 'run', '--out', 'own.safetensors')
    const plugin = ['--plugin', 'onebit-plugin-own']
    const evaluated = JSON.parse(
      await succeed('eval', 'own.safetensors', '--backend', 'own-backend:loud=true', ...plugin, '--json'),
    )
    expect(evaluated).toMatchObject({ backend: 'OWN', data: 'Stripes', count: 16, metrics: { accuracy: record.test!.accuracy } })
    const wasm = JSON.parse(await succeed('eval', 'own.safetensors', ...plugin, '--json'))
    expect(wasm.metrics).toEqual(evaluated.metrics)

    const pixels = Uint8Array.from({ length: 144 }, (_, i) => (i % 4 < 2 ? 200 : 20))
    await sharp(pixels, { raw: { width: 12, height: 12, channels: 1 } })
      .png()
      .toFile(join(folder, 'down.png'))
    const seen = JSON.parse(await succeed('run', 'own.safetensors', 'down.png', '--backend', 'own-backend', ...plugin, '--json'))
    expect(seen).toMatchObject({ backend: 'own', task: 'classify', rows: [{ label: expect.stringMatching(/across|down/) }, {}] })
    await succeed('bench', 'own.safetensors', '--backend', 'wasm,own-backend', '--runs', '1', ...plugin)
  })

  it('is listed with its package and options', async () => {
    const plugins: { kind: string; name: string; package: string; options: object }[] = JSON.parse(
      await succeed('plugins', '--plugin', 'onebit-plugin-own', '--json'),
    )
    const own = plugins.filter((plugin) => plugin.package === 'onebit-plugin-own')
    expect(own.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'quantizer own-sign',
      'block own-block',
      'network own-network',
      'loss own-loss',
      'augmentation darken',
      'dataset stripes',
      'backend own-backend',
    ])
    expect(own[0].options).toEqual({ width: { default: 1, min: 0 } })
  })

  it('augments photographs in the threads that decode them, from a flag', async () => {
    const random = new Random(3)
    for (const name of ['dark', 'light']) {
      await mkdir(join(folder, 'photographs', name), { recursive: true })
      for (let image = 0; image < 12; image++) {
        const background = { r: (name === 'light' ? 180 : 20) + random.below(40), g: 20, b: 20 }
        const path = join(folder, 'photographs', name, `${image}.png`)
        await sharp({ create: { width: 20, height: 18, channels: 3, background } }).toFile(path)
      }
    }
    const { plugins: _, training, model } = recipe
    const augment = [
      { type: 'center-crop', size: 16 },
      { type: 'darken', by: 3 },
    ]
    const dataset = { name: 'image-folder', folder: 'photographs', size: 16, batch: 8, workers: 1, augment }
    await writeFile(join(folder, 'photographs.json'), JSON.stringify({ dataset, model, training: { ...training, epochs: 1 } }))
    const without = await onebit('train', 'photographs.json', '--out', 'photographs-run', '--engine', 'wasm')
    expect(without.stderr).toMatch(/no augmentation named 'darken'.*\n {2}at photographs.json, dataset.augment\[1\].type/s)
    expect(existsSync(join(folder, 'photographs-run'))).toBe(false)
    await succeed('train', 'photographs.json', '--out', 'photographs-run', '--engine', 'wasm', '--plugin', 'onebit-plugin-own')
    const { recipe: kept } = await readRun(join(folder, 'photographs-run'))
    expect(kept).toMatchObject({ plugins: ['onebit-plugin-own'] })
    await succeed('freeze', 'photographs-run')
  })

  it('gives errors with its names if it is not loaded', async () => {
    await writeFile(join(folder, 'bare.json'), JSON.stringify({ ...recipe, plugins: undefined }))
    const { code, stderr } = await onebit('train', 'bare.json', '--out', 'bare')
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/no dataset named 'stripes'.*\n {2}at bare.json, dataset.name/s),
    })
    expect((await onebit('eval', 'own.safetensors')).stderr).toMatch(/trained on 'Stripes', which this command does not know/)
    expect((await onebit('run', 'own.safetensors', 'down.png', '--backend', 'own-backend')).stderr).toMatch(
      /no backend named 'own-backend'/,
    )
  })

  it.each([
    ['onebit-plugin-none', /PluginLoadError: The plugin 'onebit-plugin-none' is not installed.*npm install onebit-plugin-none/s],
    ['./none.mjs', /PluginLoadError: The plugin '.*none.mjs' was not found/],
    ['onebit-plugin-silent', /PluginLoadError: The module of the plugin 'onebit-plugin-silent' has no default export/],
    ['onebit-plugin-wrong', /PluginLoadError: The plugin 'onebit-plugin-wrong' exports a value that is not a plugin/],
    ['onebit-plugin-broken', /PluginLoadError: The plugin 'onebit-plugin-broken' fails to load.*no license/],
    [
      'onebit-plugin-twice',
      /DuplicatePluginError: There are two quantizers named 'ste-sign'.*@onebit\/quantizers.*onebit-plugin-twice/,
    ],
  ])('says what is wrong with %s', async (name, message) => {
    const { code, stdout, stderr } = await onebit('plugins', '--plugin', name)
    expect(stderr).toMatch(message)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('gives the place of a wrong name in a recipe', async () => {
    await writeFile(join(folder, 'wrong.json'), JSON.stringify({ ...recipe, plugins: ['onebit-plugin-onw'] }))
    const { code, stderr } = await onebit('train', 'wrong.json')
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/not installed.*\n {2}at wrong.json, plugins/s) })
  })
})
