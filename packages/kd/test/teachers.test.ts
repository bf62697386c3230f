/** Teachers: their outputs, their identity, and the inputs that they refuse. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileError, OptionError, type Teacher } from '@onebit/core'
import { frozenTeacher, graphModelTeacher } from '@onebit/kd'
import { readGraphModel, readLayersModel } from '@onebit/kd/node'
import { freeze } from '@onebit/layers'
import { saveLayersModel, startEngine } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { composeSmall, denseTeacher } from './small-classifier.ts'
import { saveGraphModel } from './small-graph-model.ts'

let folder: string

beforeAll(async () => {
  await startEngine('cpu')
  folder = await mkdtemp(join(tmpdir(), 'onebit-teachers-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const pictures = (count: number): tf.Tensor => tf.randomNormal([count, 8, 8, 1], 0, 1, 'float32', 5)

/** A teacher's values, as arrays. */
async function valuesOf(teacher: Teacher, images: tf.Tensor, names: readonly string[]) {
  const { outputs, layers } = await teacher.run(images, names)
  const tensors = { ...Object.fromEntries(Object.entries(outputs).map(([name, { tensor }]) => [name, tensor])), ...layers }
  const values = Object.entries(tensors).map(
    ([name, tensor]) => [name, { shape: tensor.shape, data: tensor.dataSync() }] as const,
  )
  tf.dispose(tensors)
  return Object.fromEntries(values)
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - b[index])), 0)
}

/** The dense teacher's weights in a tf.GraphModel. */
async function savedGraph(name: string, model: tf.LayersModel): Promise<string> {
  const [kernel, bias] = model.getLayer('logits').getWeights()
  const weights = { kernel: Float32Array.from(kernel.dataSync()), bias: Float32Array.from(bias.dataSync()) }
  return saveGraphModel(join(folder, name), weights)
}

describe('a graph model', () => {
  test('gives logits by the names of its signature, and values of nodes', async () => {
    const dense = denseTeacher()
    const model = await readGraphModel(await savedGraph('graph', dense))
    const teacher = await graphModelTeacher(model, { title: "the graph model 'graph'" })
    expect(teacher.input).toEqual([8, 8, 1])
    expect(teacher.outputs).toEqual({ scores: { shape: [3], isLogits: true } })
    expect(await teacher.shapesOf(['flat', 'dense/product'])).toEqual({ flat: [64], 'dense/product': [3] })
    const before = tf.memory().numTensors
    const images = pictures(5)
    const { scores, flat } = await valuesOf(teacher, images, ['flat'])
    expect(flat.shape).toEqual([5, 64])
    const expected = tf.tidy(() => (dense.predict(images) as tf.Tensor).dataSync())
    const probabilities = tf.tidy(() => tf.softmax(tf.tensor(scores.data, [5, 3])).dataSync())
    expect(furthest(probabilities, expected)).toBeLessThan(1e-6)
    images.dispose()
    expect(tf.memory().numTensors).toBe(before)
    const missing = teacher.shapesOf(['dense/logit'])
    await expect(missing).rejects.toThrow(/no value 'dense\/logit' to tap.*Did you mean 'dense\/logits'\?.*There are: picture/s)
    await expect(missing).rejects.toSatisfy((error) => OptionError.isInstance(error))
    const other = await graphModelTeacher(await readGraphModel(await savedGraph('other', denseTeacher(8))))
    expect(await other.fingerprint()).not.toEqual(await teacher.fingerprint())
    const same = await graphModelTeacher(await readGraphModel(join(folder, 'graph', 'model.json')))
    expect(await same.fingerprint()).toEqual(await teacher.fingerprint())
    for (const used of [model, dense]) used.dispose()
  })

  test('of several inputs, or of open size, is refused', async () => {
    const model = { inputs: [{ name: 'a', shape: [-1, -1, -1, 3] }], outputNodes: [], weights: {}, execute: () => [] }
    await expect(graphModelTeacher(model)).rejects.toThrow(/leaves its pictures' size open\. Expected `input`/)
    await expect(graphModelTeacher({ ...model, inputs: [...model.inputs, { name: 'b' }] })).rejects.toThrow(
      /has several inputs\. Expected one: a picture, received a, b/,
    )
    expect((await graphModelTeacher(model, { input: [4, 4, 3] })).input).toEqual([4, 4, 3])
  })
})

describe('a frozen network', () => {
  test('gives what the network it is frozen from gives, in inference, with its logits', async () => {
    const model = composeSmall(true)
    const { graph } = freeze(model)
    const teacher = await frozenTeacher(graph)
    expect(teacher.input).toEqual([8, 8, 1])
    expect(teacher.outputs).toEqual({ scores: { shape: [3], isLogits: true } })
    const tap = 'stage1.block1.conv2.add'
    const inside = model.getLayer(tap).output as tf.SymbolicTensor
    expect(await teacher.shapesOf([tap])).toEqual({ [tap]: inside.shape.slice(1) })
    const images = pictures(6)
    const inner = tf.model({ inputs: model.inputs, outputs: [model.outputs[0], inside] })
    const [scores, map] = inner.predict(images) as tf.Tensor[]
    const values = await valuesOf(teacher, images, [tap])
    expect(furthest(values[tap].data, map.dataSync())).toBeLessThan(1e-4)
    const probabilities = tf.tidy(() => tf.softmax(tf.tensor(values.scores.data, [6, 3])).dataSync())
    expect(furthest(probabilities, scores.dataSync())).toBeLessThan(1e-4)
    await expect(teacher.shapesOf(['stage9'])).rejects.toThrow(
      /no value 'stage9' to tap in the frozen network.*There are: image/s,
    )
    teacher.dispose()
    model.dispose()
  })

  test('is known by its bits', async () => {
    const [one, other] = [composeSmall(true), composeSmall(true)]
    const file = join(folder, 'one.safetensors')
    await freeze(one).save(file)
    const fingerprints = await Promise.all(
      [frozenTeacher(file), frozenTeacher(freeze(one).graph), frozenTeacher(freeze(other).graph)].map(async (teacher) =>
        (await teacher).fingerprint(),
      ),
    )
    expect(fingerprints[0]).toEqual(fingerprints[1])
    expect(fingerprints[0]).not.toEqual(fingerprints[2])
    expect((await frozenTeacher(file)).title).toBe(`the frozen file '${file}'`)
  })
})

describe('a layers model', () => {
  test('is read from a folder or its model.json', async () => {
    const dense = denseTeacher()
    const saved = join(folder, 'layers')
    await mkdir(saved)
    await saveLayersModel(dense, saved)
    for (const path of [saved, join(saved, 'model.json')]) {
      const read = await readLayersModel(path)
      expect(read.getWeights().map((weight) => weight.dataSync())).toEqual(dense.getWeights().map((weight) => weight.dataSync()))
      read.dispose()
    }
  })

  test('that is missing, cut short or elsewhere is refused with what is wrong', async () => {
    const saved = join(folder, 'damaged')
    await mkdir(saved)
    await saveLayersModel(denseTeacher(), saved)
    const file = join(saved, 'model.json')
    const text = await readFile(file, 'utf8')
    const refused = async (change: () => Promise<void>, message: RegExp): Promise<void> => {
      await change()
      const reading = readLayersModel(saved)
      await expect(reading).rejects.toThrow(message)
      await expect(reading).rejects.toSatisfy((error) => FileError.isInstance(error))
      await writeFile(file, text)
    }
    await refused(() => writeFile(file, '{'), /model\.json/)
    await refused(() => writeFile(file, '{}'), /is no model of TensorFlow\.js: it has nothing at 'weightsManifest'/)
    await refused(
      () => writeFile(file, text.replace('weights.bin', '../secret.bin')),
      /not beside it, but at '\.\.\/secret\.bin'/,
    )
    await refused(() => writeFile(join(saved, 'weights.bin'), new Uint8Array(12)), /its weights have 12 bytes, not 780/)
    await expect(readLayersModel(join(folder, 'nowhere'))).rejects.toThrow(/There is no model at/)
  })
})
