/** The hook with which a trainer controls the calls of a layer's quantizers. */
import { createRegistry, type QuantizerContext } from '@onebit/core'
import { steSign, stochasticSign } from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { QuantDense } from './quant-dense.ts'

const registry = createRegistry([steSign, stochasticSign])

beforeAll(async () => void (await tf.setBackend('cpu')))

test('the hook sees every quantization and decides its context; without it the layer counts its calls', () => {
  const layer = new QuantDense({
    units: 8,
    inputQuantizer: registry.quantizer('stochastic-sign'),
    kernelQuantizer: registry.quantizer('ste-sign'),
  })
  const x = tf.fill([4, 32], 0.1)
  const draw = (): number[] => tf.tidy(() => Array.from((layer.apply(x, { training: true }) as tf.Tensor).dataSync()))
  expect(draw()).not.toEqual(draw())

  const seen: QuantizerContext[] = []
  const inputs: tf.Tensor[] = []
  layer.onQuantize = ({ x: values, quantizer, context }) => {
    seen.push(context)
    inputs.push(values)
    expect(quantizer).toBe(layer.quantizer(context.target))
    return { ...context, seed: 7 }
  }
  expect(draw()).toEqual(draw())
  expect(seen.map(({ target, training, seed }) => [target, training, seed])).toEqual([
    ['activation', true, 5],
    ['weight', true, 6],
    ['activation', true, 7],
    ['weight', true, 8],
  ])
  expect(inputs[0]).toBe(x)

  layer.onQuantize = ({ context }) => ({ ...context, training: false })
  const signs = draw()
  layer.onQuantize = undefined
  expect(tf.tidy(() => Array.from((layer.apply(x) as tf.Tensor).dataSync()))).toEqual(signs)
  expect(draw()).not.toEqual(signs)
  layer.dispose()
})
