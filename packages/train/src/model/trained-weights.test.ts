/** Kinds of weights, and the selectors for them. */
import blocks from '@onebit/blocks'
import classify, { classifier } from '@onebit/classify'
import { createRegistry, type QuantizerReference } from '@onebit/core'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { startEngine } from '../engine.ts'
import { plugins } from '../plugins/index.ts'
import { checkSelectors, isSelected, trainedWeights, type WeightKind } from './trained-weights.ts'

const registry = createRegistry([quantizers, blocks, networks, classify, plugins])

beforeAll(async () => void (await startEngine('cpu')))

function compose(weight: QuantizerReference, activation: QuantizerReference = 'rsign'): tf.LayersModel {
  const network = { name: 'resnet-small', width: 4, stages: 2 } as const
  const block = 'binarizing-by-classification'
  return classifier(registry, { network, block, activation, weight, classes: 3, input: [8, 8, 1] })
}

const kindsOf = (model: tf.LayersModel): Map<string, WeightKind> =>
  new Map(trainedWeights(model, [], {}).map(({ name, kind }) => [name, kind]))

describe('the kind of a weight', () => {
  test('is one for each', () => {
    const kinds = kindsOf(compose('mlp-classifier'))
    const expected: [string, WeightKind][] = [
      ['stem.conv/kernel', 'real-kernel'],
      ['stem.norm/gamma', 'batch-norm'],
      ['stage1.block1.conv1/kernel', 'binary-kernel'],
      ['stage1.block1.conv1/input_quantizer_shift', 'quantizer'],
      ['stage1.block1.conv1.prelu/alpha', 'other'],
      ['stage2.block1.conv1.shortcut.conv/kernel', 'real-kernel'],
      ['head.dense/kernel', 'real-kernel'],
      ['head.dense/bias', 'bias'],
    ]
    for (const [name, kind] of expected) expect(kinds.get(name), name).toBe(kind)
    expect(Array.from(kinds).filter(([name, kind]) => name.startsWith('network.') && kind === 'quantizer')).toHaveLength(2)
    expect([...kinds.keys()].some((name) => name.includes('moving'))).toBe(false)
  })

  test('of a kernel is real if a stand-in or nothing quantizes it', () => {
    expect(kindsOf(compose('tanh')).get('stage1.block1.conv1/kernel')).toBe('real-kernel')
    expect(kindsOf(compose('ste-sign')).get('stage1.block1.conv1/kernel')).toBe('binary-kernel')
  })
})

describe('selectors', () => {
  const conv = { name: 'stage1.block1.conv1/kernel', kind: 'binary-kernel' } as const

  test.each([
    [['binary-kernel'], true],
    [['kernel'], true],
    [['real-kernel', 'batch-norm'], false],
    [[{ name: 'stage1.block1.conv1' }], true],
    [[{ name: 'stage1.block1.conv1/kernel' }], true],
    [[{ name: 'stage1.block1.conv' }], false],
    [[{ name: 'stage1.*' }], true],
    [[{ name: '*.conv1' }], true],
    [[{ name: '*/kernel' }], true],
    [[{ name: 'stage1xblock1.conv1' }], false],
    [[{ name: 'stage2.*' }, 'kernel'], true],
  ] as const)('%j', (selectors, expected) => {
    expect(isSelected(conv, selectors)).toBe(expected)
  })

  test('choose the weights to train, and those to keep', () => {
    const model = compose('ste-sign')
    const namesOf = (choice: Parameters<typeof trainedWeights>[2]): string[] =>
      trainedWeights(model, [{ name: 'losses.0.x/kernel', variable: tf.variable(tf.scalar(0)) }], choice).map(({ name }) => name)
    const all = namesOf({})
    expect(all.at(-1)).toBe('losses.0.x/kernel')
    const norms = namesOf({ trainable: ['batch-norm'] })
    expect(norms).toEqual(all.filter((name) => /norm\/(gamma|beta)$/.test(name)))
    expect(namesOf({ fixed: ['batch-norm'] })).toEqual(all.filter((name) => !norms.includes(name)))
    expect(namesOf({ trainable: ['batch-norm'], fixed: [{ name: 'stem.*' }] })).toEqual(
      norms.filter((name) => !name.startsWith('stem')),
    )
    expect(namesOf({ trainable: ['distiller'] })).toEqual(['losses.0.x/kernel'])
  })

  test('that mean nothing of the model are refused', () => {
    const model = compose('ste-sign', 'approx-sign')
    const check = (stage: Parameters<typeof checkSelectors>[1]) => () => checkSelectors(model, stage, "Stage 'x'")
    expect(check({ trainable: ['kernel'], fixed: ['quantizer'] })).not.toThrow()
    expect(check({ trainable: [{ name: 'head.dens' }] })).toThrow(/'head.dens' in its 'trainable'.*Did you mean 'head.dense'/s)
    expect(check({ groups: [{ weights: ['kernel', { name: 'stage9.*' }] }] })).toThrow(/'stage9.\*' in its 'groups\[0\].weights'/)
    expect(check({ trainable: ['kernel'], fixed: ['kernel'] })).toThrow(/leaves nothing to train/)
    expect(check({ trainable: ['quantizer'] })).toThrow(/leaves nothing to train/)
  })
})
