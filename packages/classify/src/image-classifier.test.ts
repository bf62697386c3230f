/** From pixels to labels, on a graph with simple scores. */
import { compileGraph, GraphBuilder, InputError, type LoadedNetwork, ModelFormatError, reference } from '@onebit/core'
import { PictureError, type PictureSource } from '@onebit/image'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { imageClassifier } from './image-classifier.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Softmax of the mean of each color: red, green or blue. */
async function colorNetwork(metadata: Record<string, string> = {}, channels = 3): Promise<LoadedNetwork> {
  const builder = new GraphBuilder()
  const image = builder.input('image', [4, 4, channels])
  const mean = builder.node('mean', { inputs: [image], attributes: { axes: [0, 1] } })
  builder.output('scores', builder.node('softmax', { inputs: [mean] }))
  builder.metadata(metadata)
  return compileGraph(builder.build(), reference)
}

const plain = (width: number, height: number, pixel: readonly number[]): { data: Uint8Array; width: number; height: number } => ({
  data: Uint8Array.from({ length: width * height * pixel.length }, (_, index) => pixel[index % pixel.length]),
  width,
  height,
})

const labels = JSON.stringify(['red', 'green', 'blue'])

describe('imageClassifier', () => {
  test('labels and probabilities, the most probable first', async () => {
    const classifier = imageClassifier(await colorNetwork({ labels }))
    const found = await classifier.classify(plain(9, 5, [0, 255, 102, 255]), { top: 2 })
    expect(found.map(({ label, index }) => [label, index])).toEqual([
      ['green', 1],
      ['blue', 2],
    ])
    const exponentials = [1, Math.E, Math.exp(0.4)]
    expect(found[0].probability).toBeCloseTo(Math.E / exponentials.reduce((sum, value) => sum + value), 5)
    expect(classifier.input).toEqual([4, 4, 3])
  })

  test('several images run as one batch; RGB, RGBA and gray are taken', async () => {
    const classifier = imageClassifier(await colorNetwork({ labels }))
    const images = [plain(4, 4, [200, 0, 0]), plain(8, 8, [0, 0, 200, 255]), plain(4, 4, [90])]
    const found = await classifier.classifyAll(images)
    expect(found.map(([{ label }]) => label)).toEqual(['red', 'blue', 'red'])
    expect(found[2].map(({ probability }) => probability)).toEqual(Array(3).fill(expect.closeTo(1 / 3, 6)))
    expect(await classifier.classifyAll([])).toEqual([])
  })

  test('normalizes per channel, or all channels alike', async () => {
    const perChannel = JSON.stringify({ mean: [0.5, 0, 1], standardDeviation: [0.5, 2, 1] })
    const prepared = await imageClassifier(await colorNetwork({ normalization: perChannel })).prepare(
      plain(4, 4, [255, 255, 255]),
    )
    expect(Array.from(prepared.subarray(0, 3))).toEqual([1, 0.5, 0])
    const alike = JSON.stringify({ mean: 0.5, standardDeviation: 0.25 })
    const same = await imageClassifier(await colorNetwork({ normalization: alike })).prepare(plain(4, 4, [255, 0, 255]))
    expect(Array.from(same.subarray(0, 3))).toEqual([2, -2, 2])
  })

  test('lists its assumptions for a file without metadata, and takes options instead', async () => {
    const bare = await colorNetwork()
    expect(imageClassifier(bare).assumptions).toHaveLength(2)
    const normalization = { mean: 0.5, standardDeviation: [0.5, 0.25, 1] }
    const told = imageClassifier(bare, { labels: ['red', 'green', 'blue'], normalization })
    expect(told.assumptions).toEqual([])
    const prepared = await told.prepare(plain(4, 4, [255, 255, 255]))
    expect(Array.from(prepared.subarray(0, 3))).toEqual([1, 2, 0.5])
  })

  test('cover cuts the sides, stretch and the default keep them', async () => {
    const network = await colorNetwork({ labels })
    const data = Uint8Array.from({ length: 12 * 4 * 3 }, (_, index) => {
      const column = Math.floor(index / 3) % 12
      return index % 3 === (column >= 4 && column < 8 ? 0 : 1) ? 255 : 0
    })
    const striped = { data, width: 12, height: 4 }
    expect((await imageClassifier(network, { fit: 'cover' }).classify(striped))[0].label).toBe('red')
    expect((await imageClassifier(network).classify(striped))[0].label).toBe('green')
    expect((await imageClassifier(network, { fit: 'stretch' }).classify(striped))[0].label).toBe('green')
  })

  test('the center crop of the metadata is taken as in evaluation, unless a fit is asked for', async () => {
    const preparation = JSON.stringify([{ type: 'center-crop', size: 4, shorterSide: 12 }])
    const network = await colorNetwork({ labels, preparation })
    const data = Uint8Array.from({ length: 12 * 12 * 3 }, (_, index) => {
      const [row, column] = [Math.floor(index / 36), Math.floor(index / 3) % 12]
      const middle = [row, column].every((place) => place >= 4 && place < 8)
      return index % 3 === (middle ? 2 : 1) ? 255 : 0
    })
    const framed = { data, width: 12, height: 12 }
    expect(Array.from(await imageClassifier(network).prepare(framed))).toEqual(Array(16).fill([0, 0, 1]).flat())
    expect((await imageClassifier(network, { fit: 'cover' }).classify(framed))[0].label).toBe('green')
    expect((await imageClassifier(network, { fit: 'stretch' }).classify(framed))[0].label).toBe('green')
  })

  test('tensors are images; the given decoder reads files', async () => {
    const classifier = imageClassifier(await colorNetwork({ labels }), {
      decode: async (file) => plain(2, 2, [...new Uint8Array(await file.arrayBuffer())]),
    })
    const tensor = tf.tensor3d(Array.from(plain(6, 4, [0, 0, 250]).data), [4, 6, 3], 'int32')
    expect(await classifier.prepare(tensor)).toEqual(await classifier.prepare(plain(6, 4, [0, 0, 250])))
    expect((await classifier.classify(tensor))[0].label).toBe('blue')
    const gray = await classifier.prepare(tf.fill([4, 4], 51))
    expect(Array.from(gray)).toEqual(Array(48).fill(Math.fround(0.2)))
    expect((await classifier.classify(new Blob([Uint8Array.of(0, 200, 0)])))[0].label).toBe('green')
    await expect(classifier.classify(tf.zeros([1, 4, 4, 3]) as tf.Tensor4D)).rejects.toThrow(/one tensor for each image/)
    await expect(classifier.classify(tf.zeros([4, 4, 2]))).rejects.toThrow(/1, 3 or 4 x 4 x 4 values/)
  })

  test('a mistake is refused by name', async () => {
    const network = await colorNetwork()
    expect(imageClassifier(network).labels).toEqual(['0', '1', '2'])
    expect(() => imageClassifier(network, { labels: ['one'] })).toThrow(/3 labels/)
    for (const [field, text] of [
      ['labels', '[1]'],
      ['labels', '{'],
      ['normalization', '{"mean": 0}'],
      ['preparation', '[{"type": "random-crop"}]'],
    ]) {
      const bad = await colorNetwork({ [field]: text })
      expect(() => imageClassifier(bad)).toThrow(ModelFormatError)
    }
    const two = await colorNetwork({}, 2)
    expect(() => imageClassifier(two)).toThrow(/takes no pictures/)
    await expect(imageClassifier(network).classify({ data: new Uint8Array(5), width: 2, height: 2 })).rejects.toThrow(InputError)
    await expect(imageClassifier(network).classify(new Blob([]))).rejects.toThrow(/decode/i)
    await expect(imageClassifier(network).classify({} as PictureSource)).rejects.toThrow(/not a source of pictures/)
    for (const wrong of [
      'boot.png',
      new URL('https://example.org/boot.png'),
      7,
      Promise.resolve(plain(1, 1, [1])),
      [plain(1, 1, [1])],
    ])
      await expect(imageClassifier(network).classify(wrong as never)).rejects.toThrow(PictureError)
    await expect(imageClassifier(network).classifyAll(plain(1, 1, [1]) as never)).rejects.toThrow(/'sources'.*a list/)
  })
})
