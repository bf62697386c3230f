/** A second copy of TensorFlow.js' layers in the program, as from two versions in one node_modules. */
import { createRequire } from 'node:module'
import { createRegistry, DuplicatePackageError, FreezeError } from '@onebit/core'
import { steSign } from '@onebit/quantizers'
import type * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, test } from 'vitest'
import { freeze } from './freeze/freeze.ts'
import { LeakyClip } from './leaky-clip.ts'
import { QuantDense } from './quant-dense.ts'
import { SoftGate } from './soft-gate.ts'

let other: typeof tfl

beforeAll(() => {
  const require = createRequire(import.meta.url)
  const path = require.resolve('@tensorflow/tfjs-layers')
  require(path)
  const first = require.cache[path]
  delete require.cache[path]
  // The second copy registers its classes over the first ones, with a warning.
  other = require(path)
  require.cache[path] = first
})

const advice = /another copy of @tensorflow\/tfjs-layers.*npm ls.*npm dedupe/

describe('a symbolic tensor of another copy', () => {
  const quantizer = createRegistry([steSign]).quantizer('ste-sign')
  test.each([
    ['a quantized layer', () => new QuantDense({ units: 2, inputQuantizer: quantizer })],
    ['a layer of floats', () => new LeakyClip()],
  ])('is detected by %s', (_, make) => {
    const input = other.input({ shape: [4] })
    expect(() => make().apply(input)).toThrow(advice)
    expect(() => make().apply(input)).toThrow(DuplicatePackageError)
  })

  test('is detected among several inputs', () => {
    const inputs = [other.input({ shape: [4] }), other.input({ shape: [4] })]
    expect(() => new SoftGate({ name: 'gate' }).apply(inputs)).toThrow(
      /The input of Layer 'gate' \(SoftGate\) comes from another copy/,
    )
  })
})

test('freeze detects a model of another copy, and a value that is not a model', () => {
  const input = other.input({ shape: [4] })
  const model = other.model({ name: 'theirs', inputs: input, outputs: other.layers.reLU().apply(input) as tfl.SymbolicTensor })
  expect(() => freeze(model)).toThrow(/The model 'theirs' comes from another copy/)
  expect(() => freeze(model)).toThrow(DuplicatePackageError)
  expect(() => freeze(other.sequential({ layers: [other.layers.reLU({ inputShape: [2] })] }))).toThrow(advice)
  for (const nothing of [undefined, null, 'model', {}]) expect(() => freeze(nothing as never)).toThrow(FreezeError)
})
