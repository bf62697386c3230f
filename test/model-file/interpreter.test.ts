/**
 * An interpreter written from docs/model-file.md alone gives the reference's results to the last bit: on every op with every
 * attribute, on whole networks, on frozen networks, and on every special value.
 */
import blocks from '@onebit/blocks'
import classify, { classification } from '@onebit/classify'
import {
  ACTIVATION_FUNCTIONS,
  createRegistry,
  type Graph,
  LimitError,
  OP_NAMES,
  readModel,
  reference,
  writeModel,
} from '@onebit/core'
import { type ComposeOptions, composeModel, freeze } from '@onebit/layers'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import segment, { segmentation } from '@onebit/segment'
import { bitInputOf, networkOf, perceptron, Random, randomGraph, residualNetwork, rowNetwork, SEED } from '@onebit/testkit/random'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  activationGraph,
  drawnInputs,
  INPUT_KINDS,
  opGraph,
  passingGraph,
  roundedResizes,
  SPECIAL_VALUES,
  tiedThresholds,
} from './every-attribute.ts'
import { interpreter, type Values } from './interpreter.ts'

const BATCH = 2
const KINDS = Object.keys(INPUT_KINDS) as (keyof typeof INPUT_KINDS)[]

/** Number of values per function. */
const FUNCTION_VALUES = 500

type Inputs = Readonly<Record<string, Float32Array | Int8Array>>

/** The first difference between two lists of values. NaN equals NaN, and -0 is not +0. */
function difference(actual: Values | undefined, expected: Values): string | undefined {
  if (actual?.constructor !== expected.constructor) return `a ${actual?.constructor.name}, not a ${expected.constructor.name}`
  if (actual.length !== expected.length) return `${actual.length} values, not ${expected.length}`
  const at = expected.findIndex((value, index) => !Object.is(value, actual[index]))
  return at < 0 ? undefined : `at ${at} ${actual[at]}, not ${expected[at]}`
}

/** Compares both on each of the inputs, for a batch of two. */
async function expectSame(graph: Graph, inputs: readonly Inputs[]): Promise<void> {
  const executable = await reference.compile(graph)
  const model = interpreter.readModel(writeModel(graph))
  for (const given of inputs) {
    const expected = await executable.run(given, { validate: false })
    const actual = interpreter.run(model, given, BATCH)
    for (const { name } of graph.outputs) {
      const found = difference(actual[name], expected[name] as Values)
      if (found) throw new Error(`${name}: ${found}; ${JSON.stringify(graph.nodes)}, ONEBIT_SEED=${SEED}`)
    }
  }
  executable.dispose()
}

/** Draws graphs of one kind, and inputs of all kinds for each. */
async function expectSameOf(draw: (random: Random) => Graph, repeats: number): Promise<void> {
  for (let number = 0; number < repeats; number++) {
    const random = new Random(SEED + number, number % 2 === 0 ? 0 : 0.1)
    const graph = draw(random)
    const inputs = KINDS.map((kind) => drawnInputs(graph, random, BATCH, kind))
    await expectSame(graph, inputs)
  }
}

describe('every op, with every attribute', () => {
  test.each(OP_NAMES)('%s', (op) => expectSameOf((random) => opGraph(op, random), 40))

  test.each(ACTIVATION_FUNCTIONS)('the function %s', async (name) => {
    const graph = activationGraph(name, FUNCTION_VALUES)
    const random = new Random(SEED)
    const x = Float32Array.from(
      { length: 2 * FUNCTION_VALUES },
      (_, index) => SPECIAL_VALUES[index] ?? random.normal() * 2 ** random.integer(-20, 6),
    )
    await expectSame(graph, [{ x }])
  })

  test('resize between sizes for which every rounding matters', async () => {
    for (const graph of roundedResizes()) {
      await expectSame(graph, [drawnInputs(graph, new Random(SEED), BATCH, 'ordinary')])
    }
  })

  test('thresholds that sums meet exactly', () => expectSameOf(tiedThresholds, 20))

  test('values that pass through, without axes', () => expectSameOf(passingGraph, 2))
})

describe('whole networks', () => {
  test.each([
    ['any ops in any order', randomGraph, 40],
    ['residual networks', (random: Random) => residualNetwork(random, 4, 7), 5],
    ['blocks and a classifier', networkOf, 5],
    ['dense layers', (random: Random) => rowNetwork(random.integer(0, 2 ** 30)), 40],
    ['perceptrons', (random: Random) => perceptron(random, [20, 17, 33, 5]), 5],
    ['a layer of given bits', bitInputOf, 20],
  ] as const)('%s', (_, draw, repeats) => expectSameOf(draw, repeats))
})

describe('frozen networks', () => {
  beforeAll(() => tf.setBackend('cpu'))
  const registry = createRegistry([quantizers, blocks, networks, classify, segment])
  const parts = { activation: 'approx-sign', weight: 'magnitude-aware-sign' } as const

  const narrow = { name: 'resnet-small', width: 8 } as const
  const facts = { classes: ['a', 'b', 'c', 'd'] }

  test.each<[string, ComposeOptions]>([
    ['a residual classifier', { ...parts, network: narrow, block: 'bi-real', task: classification, facts, input: [12, 12, 3] }],
    [
      'a QuickNet',
      {
        ...parts,
        network: { name: 'quicknet-0-1', width: 8 },
        block: 'quicknet-0-1',
        task: classification,
        facts,
        input: [32, 32, 3],
      },
    ],
    [
      'a segmenter',
      {
        ...parts,
        network: { ...narrow, outputStride: 4 },
        block: 'real-to-binary',
        task: segmentation,
        facts,
        input: [16, 16, 1],
      },
    ],
  ])('%s', async (_, options) => {
    const { model } = composeModel(registry, options)
    const { graph } = freeze(model)
    model.dispose()
    await expectSame(graph, [drawnInputs(graph, new Random(SEED), BATCH, 'ordinary')])
  })
})

test('memory and work are counted alike, to the last byte and operation', () => {
  const random = new Random(SEED)
  const graphs = [...OP_NAMES.map((op) => opGraph(op, random)), ...Array.from({ length: 20 }, () => randomGraph(random))]
  for (const bytes of graphs.map(writeModel)) {
    for (const limit of ['memory', 'work'] as const) {
      const stated = statedCost(bytes, limit)
      readModel(bytes, { [limit]: stated })
      interpreter.readModel(bytes, { [limit]: stated })
      if (stated > 0)
        expect(() => readModel(bytes, { [limit]: stated - 1 }), `${limit} ${stated}, ONEBIT_SEED=${SEED}`).toThrow(LimitError)
    }
  }
})

/** The cost that the interpreter counts. */
function statedCost(bytes: Uint8Array, limit: string): number {
  try {
    interpreter.readModel(bytes, { [limit]: -1 })
  } catch (error) {
    expect(error).toMatchObject({ name: 'LimitError', limit })
    return (error as { stated: number }).stated
  }
  throw new Error(`The limit ${limit} is not kept.`)
}
