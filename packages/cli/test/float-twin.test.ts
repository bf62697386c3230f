/** The float twin of a network, with one flag. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readModelFile, reference } from '@onebit/core'
import { quantizedLayers } from '@onebit/layers'
import { loadSavedModel, readRun } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { partsOf } from '../src/recipe/compose.ts'
import { readRecipe } from '../src/recipe/read-recipe.ts'
import { warningsOf } from '../src/recipe/warnings.ts'
import { defaultRegistry } from '../src/registry.ts'
import { onebit, temporaryFolder } from './support.ts'

const folder = await temporaryFolder()
const flags = ['--network', 'resnet-small:width=8,stages=2', '--limit', '64', '--batch', '16', '--epochs', '1']

describe('--float', () => {
  it('trains real weights and rectified activations of the same topology, and freezes them', { timeout: 60_000 }, async () => {
    const [out, file] = [join(folder, 'float'), join(folder, 'float.safetensors')]
    const { code, stderr } = await onebit('train', ...flags, '--float', '--out', out, '--engine', 'wasm')
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(stderr).not.toContain('is linear between')
    expect((await onebit('freeze', out, '--out', file)).code).toBe(0)
    const { nodes } = await readModelFile(file)
    const rectifiers = nodes.filter(
      ({ op, attributes }) => op === 'activation' && (attributes as { function: string }).function === 'relu',
    )
    expect(rectifiers).toHaveLength(4)
    expect(nodes.some(({ op }) => op.startsWith('binary') || op === 'threshold')).toBe(false)

    const model = await loadSavedModel(out)
    expect(quantizedLayers(model).every((layer) => !layer.quantizer('weight'))).toBe(true)
    const image = Float32Array.from({ length: 784 }, (_, index) => Math.sin(index))
    const trained = (model.predict(tf.tensor(image, [1, 28, 28, 1])) as tf.Tensor).dataSync()
    const { scores } = await (await reference.compile(await readModelFile(file))).run({ image })
    for (const [index, score] of scores.entries()) expect(Math.abs(score - trained[index])).toBeLessThan(1e-5)
    expect((await onebit('eval', file, '--limit', '32', '--backend', 'wasm')).code).toBe(0)
  })

  it.each([
    ['bi-real', 'relu'],
    ['xnor', 'relu'],
    ['basic', undefined],
    ['react', undefined],
    ['hierarchical', undefined],
    ['hierarchical:prelu=false', 'relu'],
    ['xnor:nonlinearity=relu', undefined],
  ])('of %s has the activation of its paper', async (block, activation) => {
    const { stdout } = await onebit('recipe', '--block', block, '--float')
    expect(JSON.parse(stdout).model.twin).toBe(true)
    const [name, option, text] = block.split(/[:=]/)
    const reference = option ? { name, [option]: text === 'false' ? false : text } : name
    const located = await readRecipe(undefined, [
      { flag: '--block', path: ['model', 'block'], value: reference },
      { flag: '--float', path: ['model', 'twin'], value: true },
    ])
    const parts = partsOf(located, 0)
    expect({ activation: parts.activation?.plugin.name, weight: parts.weight }).toEqual({ activation, weight: undefined })
    expect(warningsOf(located)).toEqual([])
  })

  it('names an existing activation for every block', () => {
    const registry = defaultRegistry()
    for (const { name } of registry.list('block')) {
      const { plugin, options } = registry.resolve('block', name)
      const twin = plugin.twin?.(options) ?? 'relu'
      if (twin !== 'none') expect(registry.resolve('quantizer', twin).plugin.thresholds, name).toBe('none')
    }
  })
})

describe('a network without a nonlinearity', () => {
  it('gets a warning with advice', async () => {
    const real = ['--activation', 'none', '--weight', 'none']
    const linear = join(folder, 'linear')
    const { stderr } = await onebit('train', ...flags, ...real, '--out', linear, '--engine', 'wasm')
    expect(stderr).toMatch(/The block 'bi-real' is linear between its convolutions.*--float/)
    // The run stores the warning once, also after resuming, and its report shows it.
    await onebit('train', '--resume', linear, '--engine', 'wasm')
    expect((await readRun(linear)).warnings).toEqual([expect.stringMatching(/^The block 'bi-real' is linear/)])
    await onebit('report', linear)
    expect(await readFile(join(linear, 'report.html'), 'utf8')).toContain('is linear between its convolutions')
    const basic = await onebit('train', ...flags, ...real, '--block', 'basic', '--out', join(folder, 'basic'), '--engine', 'wasm')
    expect(basic.stderr).not.toContain('is linear between')
  })
})
