/** Gives garbage to every public function. It must refuse unusable values with a typed error, never with one of the engine's. */

import { floatTensor } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { expectTyped, type Trials, testPublicFunctions } from '../../../test/public-functions.ts'
import * as compile from './compile/index.ts'
import * as core from './index.ts'
import * as metrics from './metrics/index.ts'

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

const GOOD: Trials = {
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
  fillOptions: { good: ['The x', { width: rule }, { width: 2 }], options: [2] },
  describeValue: [{ a: 1 }],
  nearestNames: ['relo', ['relu', 'tanh']],
  checkPluginName: ['block', 'name'],
  completeOptions: { good: [plugin, { width: 2 }], options: [1] },
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
  broadcastShapes: [[2, 1], [3]],
  readModel: { good: [bytes, { fileBytes: 1e6, nodes: 10, memory: 1e6, work: 1e6 }], options: [1] },
  sha256: [bytes, bytes],
  modelFileSize: [graph],
  writeModel: [graph],
  nearestPositions: [2, 4, { alignCorners: false, halfPixelCenters: true }],
  createRegistry: [plugin],
  GraphBuilder: [],
  'reference.isSupported': [],
  'reference.compile': [graph],
  checkInputs: { good: [graph.inputs, { x: new Float32Array(2) }, { validate: true }], options: [2] },
  auto: [[core.reference]],
  autoBackend: [[core.referenceBackend]],
  checkBackend: ['f()', core.reference],
  compileGraph: [graph, core.reference],
  explainGraph: [graph, core.reference],
  typeGraph: [graph],
  load: { good: [bytes, { backend: core.reference, signal: undefined, onProgress: undefined, limits: {} }], options: [1] },
  readModelFile: { good: [bytes, { signal: undefined, onProgress: undefined, limits: {} }], options: [1] },
  readSource: { good: [bytes, { signal: undefined, onProgress: undefined, limits: {} }], options: [1] },
  splitOutputs: [{ outputs: [{ name: 'y', shape: [2] }] }, { y: Float32Array.of(1, 2) }, 1],
  fileError: ['what', new Error('cause')],
  bytesOf: [bytes],
  tagOf: [bytes],
  decodeJson: [new TextEncoder().encode('1'), 'x'],
  decodeText: [bytes.subarray(0, 0), 'x'],
  visibleText: ['x'],
  parseMetadata: ['labels', '[]'],
  readNames: ['labels', '["x"]'],
}

const numeric = 'called a million times a layer; `checkFrozen` has seen the frozen form that it is given'
const forAuthors = 'for authors of plugins and readers, with rules of their own: what is wrong there is a mistake of the program'

const UNTRIED = {
  STANDARD_CONVENTION: 'counts what `costOf` has counted of a checked graph',
  packedLength: numeric,
  windowPositions: numeric,
  float32AtOrdinal: numeric,
  float32Ordinal: numeric,
  nextDown: numeric,
  nextUp: numeric,
  frozenSign: numeric,
  frozenValue: numeric,
  ACTIVATIONS: 'tried below, on any number',
  checkDefinition: forAuthors,
  checkKeys: forAuthors,
  checkOption: forAuthors,
  checkOptions: forAuthors,
  checkOptionValues: forAuthors,
  checkRecord: forAuthors,
  checkArgument: forAuthors,
  checkArguments: forAuthors,
  rules: forAuthors,
}

const elsewhere = (given: unknown): unknown => (typeof given === 'string' ? `${nowhere}${given}` : given)

testPublicFunctions(
  core,
  {
    ...GOOD,
    refuseMetadata: { good: ['labels', 'JSON', 'x', new Error('cause')], refuses: true },
    saveModel: {
      good: [graph, nowhere],
      refuses: true,
      call: (one: never, path: never) => core.saveModel(one, elsewhere(path) as never),
    },
    writeFileAtomically: {
      good: [nowhere, bytes],
      refuses: true,
      call: (path: never, one: never) => core.writeFileAtomically(elsewhere(path) as never, one),
    },
  },
  { untried: UNTRIED },
)

const picture = {
  scores: [0.9],
  similarities: [[0.8]],
  truths: [{ ignored: false, crowd: false }],
  outside: [false],
}
const measured = (threshold: never): number => {
  const measure = new metrics.AveragePrecision()
  measure.add(picture)
  return measure.precision(threshold)
}
testPublicFunctions(metrics, {
  AveragePrecision: { good: [{ thresholds: [0.5], most: 10 }], options: [0] },
  'AveragePrecision().add': { good: [picture], call: (given: never) => new metrics.AveragePrecision().add(given) },
  'AveragePrecision().precision': { good: [0.5], call: measured },
})

const typed = core.typeGraph(graph)
const plan = compile.planUnits(typed)
const plannedParts = 'reads nodes, layers and units that `planUnits` has made of a graph that it has checked'
const laidOut = 'lays out tensors of nodes that inference has accepted, a million values at a time'
const placed = 'takes sizes and attributes of nodes that inference has accepted, for each node, or for each position of one'

testPublicFunctions(
  compile,
  {
    batchSamples: [typed, 2],
    explainNodes: [graph, plan, new Map(), new Map([['d', { kernel: 'dense' }]])],
    findConsumers: [graph],
    mergeAffineThresholds: [typed],
    planMemory: [
      [{ bytes: 3, address: 0 }],
      [[{ buffer: { bytes: 3, address: 0 }, first: 0, last: 1 }]],
      { alignment: 4, start: 0, slack: 16 },
    ],
    planUnits: { good: [typed, { canFuse: () => true }], options: [1] },
    removeUnused: [graph],
  },
  {
    untried: {
      binaryLayerNodes: plannedParts,
      isBinary: plannedParts,
      isReal: plannedParts,
      realLayerNodes: plannedParts,
      rectifierNodes: plannedParts,
      runNode: plannedParts,
      foldFollowers: plannedParts,
      integerObstacle: plannedParts,
      broadcastOffsets: placed,
      bilinearPosition: placed,
      nearestPosition: placed,
      cutIntoSubConvolutions: placed,
      subConvolutionSize: placed,
      convolutionGeometry: placed,
      denseGeometry: placed,
      transposedGeometry: placed,
      bitAt: laidOut,
      bitsAt: laidOut,
      bitWeights: laidOut,
      pickBitTaps: laidOut,
      expandToChannels: laidOut,
      interleaveGroups: laidOut,
      padGroups: laidOut,
      repeatToVectors: laidOut,
      allFinite: laidOut,
      isDepthwise: laidOut,
      layOutBlocks: laidOut,
      pickRealTaps: laidOut,
      realWeights: laidOut,
      quantizeWeights: laidOut,
      weightSums: laidOut,
      integerThreshold: laidOut,
      layOutFirst: laidOut,
      layOutThresholds: laidOut,
    },
  },
)

describe('what is made by them', () => {
  it('rules of every type', async () => {
    for (const good of [
      { type: 'choice', values: ['a', 1] },
      { type: 'list', of: rule, length: 2, minLength: 1, maxLength: 3 },
      { type: 'record', fields: { width: rule } },
      { type: 'union', of: [rule, { type: 'text' }] },
      { type: 'reference', kind: ['block', 'head'], extra: ['none'], key: 'name' },
    ]) {
      expect(core.describeRule(good as never)).not.toBe('')
      await expectTyped('describeRule', (given) => core.describeRule(given as never), { good: [good] })
      await expectTyped('fillOptions', (one, value) => core.fillOptions('The x', { one } as never, { one: value }), {
        good: [good, 1],
        refuses: true,
      })
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
    await expectTyped('input', (...given) => fresh().input(...(given as unknown as [string, number[]])), { good: ['z', [2]] })
    const options = { name: 'd', inputs: ['x'], attributes: {}, tensors: { weights } }
    await expectTyped('node', (...given) => fresh().node(...(given as [never, never])), { good: ['dense', options] })
    await expectTyped('output', (...given) => fresh().output(...(given as unknown as [string, string])), { good: ['y', 'x'] })
    await expectTyped('metadata', (...given) => fresh().metadata(...(given as [never])), { good: [{ task: 'x' }] })
    await expectTyped('type', (...given) => fresh().type(...(given as unknown as [string])), { good: ['x'] })
  })

  it('the methods of a registry', async () => {
    const registry = core.createRegistry([plugin])
    await expectTyped('resolve', (...given) => registry.resolve(...(given as [never, never])), {
      good: ['block', { name: 'p', width: 2 }],
    })
    await expectTyped('block', (...given) => registry.block(...(given as [never])), { good: [{ name: 'p', width: 2 }] })
    await expectTyped('quantizer', (...given) => registry.quantizer(...(given as [never])), {
      good: [{ name: 'p' }],
      refuses: true,
    })
    await expectTyped('list', (...given) => registry.list(...(given as [never])), { good: ['block'] })
  })

  it('the reference backend and its networks', async () => {
    const { compile } = core.reference
    await expectTyped('compile', (...given) => compile(...(given as [never])), { good: [graph] })
    const network = await core.compileGraph(graph, core.reference)
    await expectTyped('run', (...given) => network.run(...(given as [never])), {
      good: [{ x: new Float32Array(2) }, { validate: true }],
    })
  })

  it('the functions of activation, of any value', async () => {
    for (const [name, activation] of Object.entries(core.ACTIVATIONS)) {
      for (const x of [0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.4e38]) {
        expect(typeof activation(x), name).toBe('number')
      }
    }
  })
})
