/** The clips and the maxout: values, gradients, saving, and frozen against TensorFlow.js. */
import { createRegistry, reference } from '@onebit/core'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { freeze } from './freeze/freeze.ts'
import { LeakyClip } from './leaky-clip.ts'
import { Maxout } from './maxout.ts'
import { registerLayers } from './register.ts'

const VALUES = [-3, -1.5, -1, -0.25, 0, 0.5, 1, 2]

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe.each([
  {
    name: 'LeakyClip',
    make: () => new LeakyClip(),
    output: [-1.2, -1.05, -1, -0.25, 0, 0.5, 1, 1.1],
    slopes: [0.1, 0.1, 1, 1, 1, 1, 1, 0.1],
  },
  {
    name: 'plain clip',
    make: () => new LeakyClip({ slope: 0 }),
    output: [-1, -1, -1, -0.25, 0, 0.5, 1, 1],
    slopes: [0, 0, 1, 1, 1, 1, 1, 0],
  },
  {
    name: 'Maxout',
    make: () => new Maxout(),
    output: [-0.75, -0.375, -0.25, -0.0625, 0, 0.5, 1, 2],
    slopes: [0.25, 0.25, 0.25, 0.25, undefined, 1, 1, 1],
  },
])('$name', ({ make, output, slopes }) => {
  const modelOf = (): tf.LayersModel => {
    const input = tf.input({ shape: [1, VALUES.length, 1], name: 'image' })
    return tf.model({ inputs: input, outputs: make().apply(input) as tf.SymbolicTensor })
  }
  const image = (): tf.Tensor4D => tf.tensor4d(VALUES, [1, 1, VALUES.length, 1])

  test('has the stated values and gradients', () => {
    const model = modelOf()
    const actual = (model.predict(image()) as tf.Tensor).dataSync()
    output.forEach((value, index) => {
      expect(actual[index]).toBeCloseTo(value, 6)
    })
    const gradient = tf
      .grad((x) => tf.sum(model.apply(x) as tf.Tensor))(image())
      .dataSync()
    slopes.forEach((slope, index) => {
      if (slope !== undefined) expect(gradient[index]).toBeCloseTo(slope, 6)
    })
  })

  test('saves, loads and freezes', async () => {
    const model = modelOf()
    model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 1.5)))
    const expected = (model.predict(image()) as tf.Tensor).dataSync()
    let artifacts: tf.io.ModelArtifacts | undefined
    await model.save(
      tf.io.withSaveHandler(async (saved) => {
        artifacts = saved
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
      }),
    )
    registerLayers(createRegistry([]))
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts!))
    expect((loaded.predict(image()) as tf.Tensor).dataSync()).toEqual(expected)
    const executable = await reference.compile(freeze(model).graph)
    const [frozen] = Object.values(await executable.run({ image: Float32Array.from(VALUES) }))
    expected.forEach((value, index) => {
      expect(frozen[index]).toBeCloseTo(value, 6)
    })
  })
})
