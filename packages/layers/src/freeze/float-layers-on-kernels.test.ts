/**
 * The package's float layers with each option, on vectors, tokens and images. The frozen layer matches predict, and the kernels
 * match the reference.
 */
import { reference } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { Blur } from '../blur.ts'
import { InputScale } from '../input-scale.ts'
import { LeakyClip } from '../leaky-clip.ts'
import { LearnedScale } from '../learned-scale.ts'
import { Maxout } from '../maxout.ts'
import { RPReLU } from '../rprelu.ts'
import { ScaledSum } from '../scaled-sum.ts'
import { SoftGate } from '../soft-gate.ts'
import { SymmetricMaxPool } from '../symmetric-max-pool.ts'
import { freeze } from './freeze.ts'

const IMAGE = [6, 5, 3]
const SHAPES = [[4], [3, 4], IMAGE]

interface Row {
  readonly make: () => tf.layers.Layer
  readonly inputs?: number
  /** Shape of the first input, if it differs from the others. */
  readonly first?: readonly number[]
  readonly shapes?: readonly (readonly number[])[]
}

const inputScale = (options: ConstructorParameters<typeof InputScale>[0], first: readonly number[] = [6, 5, 2]): Row => ({
  make: () => new InputScale(options),
  inputs: 2,
  first,
  shapes: [IMAGE],
})

const ROWS: Readonly<Record<string, Row>> = {
  LeakyClip: { make: () => new LeakyClip() },
  'LeakyClip, slope 0': { make: () => new LeakyClip({ slope: 0 }) },
  'LeakyClip, slope -1': { make: () => new LeakyClip({ slope: -1 }) },
  Maxout: { make: () => new Maxout() },
  RPReLU: { make: () => new RPReLU() },
  LearnedScale: { make: () => new LearnedScale() },
  'LearnedScale, all axes': { make: () => new LearnedScale({ extent: 'channel-height-width' }), shapes: [IMAGE] },
  SoftGate: { make: () => new SoftGate(), inputs: 2 },
  'ScaledSum of two': { make: () => new ScaledSum(), inputs: 2 },
  'ScaledSum of four': { make: () => new ScaledSum(), inputs: 4 },
  InputScale: inputScale({ kernelSize: 3 }),
  'InputScale, uneven kernel': inputScale({ kernelSize: [1, 4] }),
  'InputScale, uneven strides': inputScale({ kernelSize: 3, strides: [2, 1] }, [3, 5, 2]),
  'InputScale, strides above the kernel': inputScale({ kernelSize: 2, strides: 3 }, [2, 2, 2]),
  'InputScale, symmetric': inputScale({ kernelSize: 3, strides: 2, padding: 'symmetric' }, [3, 3, 2]),
  SymmetricMaxPool: { make: () => new SymmetricMaxPool({ poolSize: 3, strides: 2 }), shapes: [IMAGE, [7, 8, 2]] },
  'SymmetricMaxPool, even window': { make: () => new SymmetricMaxPool({ poolSize: [2, 4] }), shapes: [IMAGE] },
  Blur: { make: () => new Blur(), shapes: [IMAGE, [7, 8, 2]] },
  'InputScale, dilated on one axis': inputScale({ kernelSize: 3, dilationRate: [1, 2] }),
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe.each(Object.entries(ROWS))('%s', (_, { make, inputs = 1, first, shapes = SHAPES }) => {
  test.each(shapes.map((shape) => [shape]))('on %j', async (shape) => {
    const inputShapes = Array.from({ length: inputs }, (_, index) => (index === 0 ? (first ?? shape) : shape))
    const symbolic = inputShapes.map((inputShape, index) => tf.input({ shape: [...inputShape], name: `input${index}` }))
    const output = make().apply(inputs === 1 ? symbolic[0] : symbolic) as tf.SymbolicTensor
    const model = tf.model({ inputs: symbolic, outputs: output })
    let seed = 3
    const drawn = (drawnShape: readonly number[]): tf.Tensor => tf.randomUniform([...drawnShape], -1.5, 1.5, 'float32', seed++)
    model.setWeights(model.getWeights().map((weight) => drawn(weight.shape)))
    const values = inputShapes.map((inputShape) => drawn([2, ...inputShape]))
    const expected = Array.from((model.predict(values) as tf.Tensor).dataSync())
    const { graph } = freeze(model)
    const feed = Object.fromEntries(values.map((value, index) => [`input${index}`, value.dataSync() as Float32Array]))
    const [received, onKernels] = await Promise.all(
      [reference, wasm()].map(async (backend) => Object.values(await (await backend.compile(graph)).run(feed))[0]),
    )
    expect(received).toHaveLength(expected.length)
    expected.forEach((value, index) => {
      expect(received[index]).toBeCloseTo(value, 5)
    })
    expect(onKernels).toEqual(received)
  })
})
