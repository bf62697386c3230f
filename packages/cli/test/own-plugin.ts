/** A third-party package, written into a folder as npm would install it: plain JavaScript that imports Onebit's entry points. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const INDEX = `
import { defineBackend, defineBlock, defineLoss, defineNetwork, defineQuantizer, reference, thresholdAtZero } from '@onebit/core'
import { defineAugmentation, defineDataset, inMemory } from '@onebit/data'
import { QuantConv2D } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import { input, layers } from '@tensorflow/tfjs-layers'

const from = 'onebit-plugin-own'

const ownSign = defineQuantizer({
  name: 'own-sign',
  package: from,
  for: ['activation', 'weight'],
  options: { width: { default: 1, min: 0 } },
  forward: (x) => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1),
  gradient: (x, { width }) => tf.lessEqual(tf.abs(x), width),
  freeze: () => thresholdAtZero,
})

const ownBlock = defineBlock({
  name: 'own-block',
  package: from,
  convolutions: 1,
  apply: ([x], _, { name, filters, strides, activation, weight }) => {
    const convolution = new QuantConv2D({
      name: name + '.conv', filters, kernelSize: 3, strides, inputQuantizer: activation, kernelQuantizer: weight,
    })
    return [layers.batchNormalization({ name: name + '.norm' }).apply(convolution.apply(x))]
  },
})

const ownNetwork = defineNetwork({
  name: 'own-network',
  package: from,
  options: { width: { default: 8, min: 1, integer: true } },
  build: ({ width }, context) => {
    const image = input({ name: 'image', shape: [...context.input] })
    const stem = layers.conv2d({ name: 'stem', filters: width, kernelSize: 3, strides: 2, padding: 'same' }).apply(image)
    const { plugin, options } = context.block
    const at = (name, x, filters, strides) => plugin.apply([x], options, { ...context, name, filters, strides, dilation: 1 })[0]
    const first = at('first.block1', stem, width, 1)
    const output = at('second.block1', first, 2 * width, 2)
    return { input: image, features: { 'first.block1': first, 'second.block1': output }, output }
  },
})

const ownLoss = defineLoss({
  name: 'own-loss',
  package: from,
  options: { power: { default: 2, min: 1 } },
  loss: ({ scores }, { label }, { power }) => {
    const probabilities = scores.isLogits ? tf.softmax(scores.tensor) : scores.tensor
    return tf.mean(tf.sum(tf.pow(tf.abs(tf.sub(probabilities, label)), power), -1))
  },
})

const darken = defineAugmentation({
  name: 'darken',
  package: from,
  options: { by: { default: 10, min: 0, max: 255, integer: true } },
  apply: (picture, { by }) => ({ picture: { ...picture, data: picture.data.map((value) => Math.max(0, value - by)) } }),
})

const stripes = defineDataset({
  name: 'stripes',
  package: from,
  task: 'classify',
  options: { height: { default: 12, min: 4, integer: true } },
  shape: ({ height }) => ({ input: [height, 12, 1], facts: { classes: ['across', 'down'] } }),
  async load({ height, ...common }, context) {
    const part = (count) => ({
      images: Uint8Array.from({ length: count * height * 12 }, (_, i) => {
        const [picture, row, column] = [Math.floor(i / (12 * height)), Math.floor(i / 12) % height, i % 12]
        return (picture % 2 === 0 ? row : column) % 4 < 2 ? 200 : 20 + picture % 7
      }),
      annotations: Uint8Array.from({ length: count }, (_, index) => index % 2),
      count,
      shape: [height, 12, 1],
      normalization: { mean: 0.4, standardDeviation: 0.3 },
    })
    const train = part(48)
    const facts = { classes: ['across', 'down'] }
    const data = { name: 'Stripes', facts, input: [height, 12, 1], train, test: part(16), normalization: train.normalization, source: 'directory' }
    return inMemory('classify', data, common, context)
  },
})

const ownBackend = defineBackend({
  name: 'own-backend',
  package: from,
  options: { loud: { default: false } },
  create: ({ loud }) => ({ ...reference, name: loud ? 'OWN' : 'own' }),
})

export default [ownSign, ownBlock, ownNetwork, ownLoss, darken, stripes, ownBackend]
`

const modulesOf = (name: string): string => fileURLToPath(new URL(`../../${name}/node_modules/`, import.meta.url))

/** Turns the folder into a project with the package `onebit-plugin-own`, and other broken packages, installed beside Onebit. */
export async function installOwnPlugin(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules')
  const install = async (name: string, index: string): Promise<void> => {
    await mkdir(join(modules, name), { recursive: true })
    const description = { name, version: '1.0.0', type: 'module', exports: { '.': { import: './index.mjs' } } }
    await writeFile(join(modules, name, 'package.json'), JSON.stringify(description))
    await writeFile(join(modules, name, 'index.mjs'), index)
  }
  await install('onebit-plugin-own', INDEX)
  await install('onebit-plugin-silent', 'export const nothing = 1\n')
  await install('onebit-plugin-wrong', "export default [{ name: 'x' }]\n")
  await install('onebit-plugin-broken', "throw new Error('no license')\n")
  await install(
    'onebit-plugin-twice',
    "import { defineQuantizer } from '@onebit/core'\nconst q = (name) => defineQuantizer({ name, package: 'onebit-plugin-twice', for: ['weight'], forward: (x) => x, gradient: (x) => x, freeze() {} })\nexport default [q('ste-sign')]\n",
  )
  await symlink(join(modulesOf('cli'), '@onebit'), join(modules, '@onebit'), 'dir')
  await symlink(join(modulesOf('blocks'), '@tensorflow'), join(modules, '@tensorflow'), 'dir')
}
