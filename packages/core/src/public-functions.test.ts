/** Every public function, handed garbage: what it cannot use it refuses by a typed error, never by one of the engine's. */

import { floatTensor } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { failureOf, spoiled } from '../../../test/garbage.ts'
import * as core from './index.ts'

const builder = new core.GraphBuilder()
builder.input('x', [2])
const weights = floatTensor([2, 3], [1, 2, 3, 4, 5, 6])
builder.output('y', builder.node('dense', { name: 'd', inputs: ['x'], tensors: { weights } }))
const graph = builder.build()
const bytes = core.writeModel(graph)
const plugin = { kind: 'block', name: 'p', options: { width: { default: 1, min: 1 } } }
const frozen = { thresholds: [[0]], first: [-1] as const, low: [-1], high: [1] }
const nowhere = '/nonexistent/onebit/model'
const apply = (): never[] => []
const task = { name: 't', settings: {}, headOptions: apply, targets: apply, encode: apply, warp: apply, runtime: apply }
const rule = { type: 'number', min: 1, max: 8, exclusive: 'max', integer: true, default: 2 }

/** Arguments that each function takes. `undefined` among them may be left out. */
const GOOD: Readonly<Record<string, readonly unknown[]>> = {
  defineBlock: [{ name: 'b', options: {}, convolutions: 1, apply }],
  defineNetwork: [{ name: 'n', options: {}, build: apply }],
  defineHead: [{ name: 'h', options: {}, apply }],
  defineDistiller: [{ name: 'd', options: {}, loss: apply }],
  defineQuantizer: [{ name: 'q', for: ['weight'], options: {}, forward: apply, gradient: apply, freeze: apply }],
  defineBinarizerClassifier: [{ name: 'q', for: ['weight'], forward: apply, surrogate: apply, freeze: apply, decision: apply }],
  defineBackend: [{ name: 'b', options: {}, create: apply }],
  defineLoss: [{ name: 'l', options: {}, loss: apply }],
  defineTask: [task],
  attachTask: [{}, core.defineTask(task as never)],
  attachedTask: [{}],
  makePlugin: ['block', { name: 'b', options: {}, apply }, ['apply']],
  latentClipOf: [{ plugin: { kind: 'quantizer', name: 'q', latentClip: apply }, options: {} }],
  ruleType: [rule],
  describeRule: [rule],
  fillOptions: ['The x', { width: rule }, { width: 2 }],
  describeValue: [{ a: 1 }],
  nearestNames: ['relo', ['relu', 'tanh']],
  checkDefinition: ['block', { name: 'b' }, ['apply']],
  checkPluginName: ['block', 'name'],
  completeOptions: [plugin, { width: 2 }],
  float32AtOrdinal: [3],
  float32Ordinal: [1.5],
  nextDown: [1],
  nextUp: [1],
  frozenSign: [frozen, 1, 0],
  frozenValue: [frozen, 1, 0],
  checkFrozen: ['q', frozen, 1],
  convention: ['standard'],
  storedParameters: [
    { binary: 1, binaryChannels: 1, normalizationChannels: 1, normalization: 1, real: 1 },
    core.STANDARD_CONVENTION,
  ],
  costOf: [graph, core.STANDARD_CONVENTION],
  packSigns: [[1, -1]],
  unpackSigns: [Uint8Array.of(1), 2],
  elementCount: [[2, 3]],
  sameShape: [[2], [2]],
  formatShape: [[2]],
  withOutputs: [graph, ['d']],
  inferTypes: [graph],
  packedLength: [9],
  windowPositions: [8, 3, 1, 1, 0],
  broadcastShapes: [[2, 1], [3]],
  readModel: [bytes, { fileBytes: 1e6, nodes: 10, memory: 1e6, work: 1e6 }],
  saveModel: [graph, nowhere],
  writeFileAtomically: [nowhere, bytes],
  sha256: [bytes, bytes],
  modelFileSize: [graph],
  writeModel: [graph],
  checkKeys: ['f()', { a: 1 }, ['a']],
  checkOption: ['f()', 'a', 1, core.rules.text],
  checkOptions: ['f()', { a: 'x' }, { a: core.rules.text }],
  checkArgument: ['f()', 'a', 1, core.rules.text],
  nearestPositions: [2, 4, { alignCorners: false, halfPixelCenters: true }],
  createRegistry: [plugin],
  checkInputs: [graph.inputs, { x: new Float32Array(2) }, { validate: true }],
  compileGraph: [graph, core.reference],
  explainGraph: [graph, core.reference],
  typeGraph: [graph],
  load: [bytes, { backend: core.reference, signal: undefined, onProgress: undefined, limits: {} }],
  readModelFile: [bytes, { signal: undefined, onProgress: undefined, limits: {} }],
  readSource: [bytes, { signal: undefined, onProgress: undefined, limits: {} }],
  fileError: ['what', new Error('cause')],
  bytesOf: [bytes],
  tagOf: [bytes],
  decodeJson: [new TextEncoder().encode('1'), 'x'],
  decodeText: [bytes.subarray(0, 0), 'x'],
  visibleText: ['x'],
  refuseMetadata: ['labels', 'JSON', 'x', new Error('cause')],
  parseMetadata: ['labels', '[]'],
  readNames: ['labels', '["x"]'],
}

/** They are called a million times a layer: types guard them, and `checkFrozen` has seen what the last two are given. */
const NUMERIC = [
  'packedLength',
  'windowPositions',
  'float32AtOrdinal',
  'float32Ordinal',
  'nextDown',
  'nextUp',
  'frozenSign',
  'frozenValue',
]

/** Those that a plugin's or a reader's author calls with rules and names of their own: what is wrong there is a mistake of the program. */
const FOR_AUTHORS = ['checkDefinition', 'checkKeys', 'checkOption', 'checkOptions', 'checkArgument']

/** What is good for them is refused, too: it is what they are for, or there is no such folder. */
const REFUSING = ['refuseMetadata', 'saveModel', 'writeFileAtomically']

const isClass = (value: unknown): boolean => typeof value === 'function' && /^class\b/.test(String(value))
const functions = Object.entries(core).filter(([, value]) => typeof value === 'function' && !isClass(value))

async function expectTyped(name: string, call: (...given: unknown[]) => unknown, good: readonly unknown[]): Promise<void> {
  for (const [what, given] of spoiled(good)) {
    const start = performance.now()
    const error = await failureOf(() => call(...given))
    const isTyped = error === undefined || core.OnebitError.isInstance(error)
    expect(isTyped, `${name} with ${what}: ${(error as Error | undefined)?.stack}`).toBe(true)
    expect(String((error as Error | undefined)?.message ?? '').length, `${name} with ${what}`).toBeLessThan(10_000)
    expect(performance.now() - start, `${name} with ${what}`).toBeLessThan(5000)
  }
}

describe('public functions', () => {
  it('are all tried here', () => {
    expect(functions.map(([name]) => name).sort()).toEqual(Object.keys(GOOD).sort())
  })

  it.each(functions.filter(([name]) => ![...NUMERIC, ...FOR_AUTHORS].includes(name)))('%s', async (name, call) => {
    const error = await failureOf(() => (call as (...given: unknown[]) => unknown)(...GOOD[name]))
    if (!REFUSING.includes(name)) expect(error, `${name}: ${(error as Error)?.stack}`).toBeUndefined()
    const isWriter = ['saveModel', 'writeFileAtomically'].includes(name)
    const elsewhere = (given: unknown[]): unknown[] => given.map((one) => (typeof one === 'string' ? `${nowhere}${one}` : one))
    const safely = (...given: unknown[]): unknown =>
      (call as (...all: unknown[]) => unknown)(...(isWriter ? elsewhere(given) : given))
    await expectTyped(name, safely, GOOD[name])
  })

  it('rules of every type', async () => {
    for (const good of [
      { type: 'choice', values: ['a', 1] },
      { type: 'list', of: rule, length: 2, minLength: 1, maxLength: 3 },
      { type: 'record', fields: { width: rule } },
      { type: 'union', of: [rule, { type: 'text' }] },
      { type: 'reference', kind: ['block', 'head'], extra: ['none'], key: 'name' },
    ]) {
      expect(core.describeRule(good as never)).not.toBe('')
      await expectTyped('describeRule', (given) => core.describeRule(given as never), [good])
      await expectTyped('fillOptions', (one, value) => core.fillOptions('The x', { one } as never, { one: value }), [good, 1])
    }
  })

  it('values that JSON cannot hold, or that throw when they are looked at', () => {
    const circular: unknown[] = []
    circular.push(circular)
    const unreadable = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no')
        },
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    let deep: unknown = []
    for (let depth = 0; depth < 1e5; depth++) deep = [deep]
    for (const width of [circular, unreadable, deep, 1n, Symbol('s'), apply]) {
      expect(() => core.completeOptions(plugin, { width })).toThrow(
        /refuses its option 'width'\. Expected a number of at least 1, received /,
      )
    }
  })

  it('the methods of a builder', async () => {
    const fresh = (): core.GraphBuilder => {
      const made = new core.GraphBuilder()
      made.input('x', [2])
      return made
    }
    await expectTyped('input', (...given) => fresh().input(...(given as [string, number[]])), ['z', [2]])
    const options = { name: 'd', inputs: ['x'], attributes: {}, tensors: { weights } }
    await expectTyped('node', (...given) => fresh().node(...(given as [never, never])), ['dense', options])
    await expectTyped('output', (...given) => fresh().output(...(given as [string, string])), ['y', 'x'])
    await expectTyped('metadata', (...given) => fresh().metadata(...(given as [never])), [{ task: 'x' }])
    await expectTyped('type', (...given) => fresh().type(...(given as [string])), ['x'])
  })

  it('the methods of a registry', async () => {
    const registry = core.createRegistry([plugin])
    await expectTyped('resolve', (...given) => registry.resolve(...(given as [never, never])), ['block', { name: 'p', width: 2 }])
    await expectTyped('block', (...given) => registry.block(...(given as [never])), [{ name: 'p', width: 2 }])
    await expectTyped('quantizer', (...given) => registry.quantizer(...(given as [never])), [{ name: 'p' }])
    await expectTyped('list', (...given) => registry.list(...(given as [never])), ['block'])
  })

  it('the reference backend and its networks', async () => {
    const { compile } = core.reference
    await expectTyped('compile', (...given) => compile(...(given as [never])), [graph])
    const network = await core.compileGraph(graph, core.reference)
    await expectTyped('run', (...given) => network.run(...(given as [never])), [{ x: new Float32Array(2) }, { validate: true }])
  })

  it('the functions of activation, of any value', async () => {
    for (const [name, activation] of Object.entries(core.ACTIVATIONS)) {
      for (const x of [0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.4e38]) {
        expect(typeof activation(x), name).toBe('number')
      }
    }
  })
})
