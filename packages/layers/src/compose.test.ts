/** Composed models: the head of the task or another one, options from both sources, and outputs of the network itself. */
import {
  attachedTask,
  createRegistry,
  defineBlock,
  defineHead,
  defineNetwork,
  defineTask,
  InvalidPluginError,
  type TaskRuntime,
} from '@onebit/core'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { composeModel } from './compose.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const block = defineBlock({ name: 'none', convolutions: 1, apply: (inputs) => inputs })
const pooled = (name: string, units: number, x: tf.SymbolicTensor) =>
  tf.layers.dense({ name, units }).apply(tf.layers.globalAveragePooling2d({ name: `${name}.pool` }).apply(x)) as tf.SymbolicTensor

const networkCalling = (name: string) =>
  defineNetwork({
    name: 'early',
    build: (_, { input: shape }) => {
      const input = tf.input({ name: 'image', shape: [...shape] })
      const stage1 = tf.layers.conv2d({ name: 'stem', filters: 4, kernelSize: 3 }).apply(input) as tf.SymbolicTensor
      return { input, features: { stage1 }, output: stage1, outputs: { early: pooled(name, 1, stage1) } }
    },
  })
const head = defineHead({
  name: 'wide',
  options: { units: { default: 1, min: 1 }, extra: { default: 0, min: 0 } },
  apply: ({ output }, { units, extra }) => ({ wide: pooled('wide', units + extra, output) }),
})
const task = defineTask<{ units: number }, number, number>({
  name: 'widths',
  head,
  headOptions: ({ units }) => ({ units }),
  targets: () => ({}),
  encode: () => ({}),
  warp: (annotation) => annotation,
  losses: [],
  defaultLosses: [],
  runtime: async () => ({}) as TaskRuntime<{ units: number }, number, number>,
})
const registry = createRegistry([block, head, task, networkCalling('early')])
const parts = { task, facts: { units: 5 }, network: registry.resolve('network', 'early'), block, input: [6, 6, 1] } as const

test("the head's outputs come first, then the network's; the model knows its task", () => {
  const { model, features, outputs } = composeModel(registry, parts)
  expect(model.outputNames).toEqual(['wide', 'early'])
  expect(Object.keys(outputs)).toEqual(['wide', 'early'])
  expect(model.outputs.map(({ shape }) => shape)).toEqual([
    [null, 5],
    [null, 1],
  ])
  expect(Object.keys(features)).toEqual(['stage1'])
  expect([model.name, attachedTask(model)]).toEqual(['early', task])
})

test.each([
  ['adds to what follows from the facts', { extra: 2 }, 7],
  ['wins over what follows from the facts', { units: 2 }, 2],
])('options that a reference to the head states %s', (_, options, units) => {
  const named = composeModel(registry, { ...parts, head: { name: 'wide', ...options } as never })
  const configured = composeModel(registry, { ...parts, head: { plugin: head, options } })
  for (const { outputs } of [named, configured]) expect(outputs.wide.shape).toEqual([null, units])
})

test('an output whose layer has another name is refused', () => {
  const network = { plugin: networkCalling('late'), options: {} }
  expect(() => composeModel(registry, { ...parts, network })).toThrow(InvalidPluginError)
  expect(() => composeModel(registry, { ...parts, network })).toThrow(/network 'early'.*layer named 'early', received 'late'/)
})
