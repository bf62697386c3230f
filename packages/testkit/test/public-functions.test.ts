/** Calls the suites and the generators with garbage: see `test/public-functions.ts`. */
import {
  createRegistry,
  defineBlock,
  defineDistiller,
  defineHead,
  defineNetwork,
  defineTask,
  GraphBuilder,
  reference,
} from '@onebit/core'
import { steSign } from '@onebit/quantizers'
import * as testkit from '@onebit/testkit'
import * as random from '@onebit/testkit/random'
import { testPublicFunctions } from '../../../test/public-functions.ts'

const test = (): void => undefined
const apply = (): never[] => []
const block = defineBlock({ name: 'b', convolutions: 1, apply })
const network = defineNetwork({ name: 'n', build: apply as never })
const task = defineTask({
  name: 't',
  head: defineHead({ name: 'h', apply: apply as never }),
  headOptions: () => ({}),
  targets: () => ({}),
  encode: () => ({}),
  warp: (annotation) => annotation,
  losses: [],
  defaultLosses: [],
  runtime: async () => ({}) as never,
})
const variants = [{ width: 2 }]
const taskOptions = {
  facts: {},
  annotations: [1, 2],
  perfect: () => ({}),
  best: { accuracy: 1 },
  wrong: [3],
  input: [8, 12, 3],
  head: {},
  seed: 1,
}
const quantizerOptions = {
  derivative: (x: number) => x,
  backward: () => [],
  variableGradients: () => ({}),
  smooth: false,
  variants: [{ clip: 1 }],
  backends: ['cpu'],
  seed: 1,
}
const networkOptions = { options: {}, variants, input: [32, 32, 3], block: createRegistry([block]).block(block), seed: 1 }
const distiller = defineDistiller({ name: 'd', compares: 'outputs', loss: apply as never })
const distillerOptions = {
  options: {},
  output: [5],
  logits: true,
  taps: { student: [4, 4, 6], teacher: [4, 4, 6] },
  zeroAtTeacher: true,
  seed: 1,
}
const cases = [{ name: 'x', run: async () => undefined }]

testPublicFunctions(testkit, {
  kernelBackendCases: { good: [() => reference, { tolerance: 0, graphs: 1, seed: 1 }], options: [1] },
  testKernelBackend: { good: [() => reference, { test, tolerance: 0, graphs: 1, seed: 1 }], options: [1] },
  blockCases: { good: [block, { variants, channels: 8, seed: 1 }], options: [1] },
  testBlock: { good: [block, { test, variants, channels: 8, seed: 1 }], options: [1] },
  networkCases: { good: [network, networkOptions], options: [1] },
  testNetwork: { good: [network, { test, ...networkOptions }], options: [1] },
  quantizerCases: { good: [steSign, quantizerOptions], options: [1] },
  testQuantizer: { good: [steSign, { test, ...quantizerOptions }], options: [1] },
  taskCases: { good: [task, taskOptions], options: [1] },
  testTask: { good: [task, { test, ...taskOptions }], options: [1] },
  distillerCases: { good: [distiller, distillerOptions], options: [1] },
  testDistiller: { good: [distiller, { test, ...distillerOptions }], options: [1] },
  failures: [cases],
  registerCases: [cases, test],
})

/** Of one seed, so that every call draws the same. Without own parts, it is replaced as a whole. */
const drawn = new random.Random(1)
const builder = new GraphBuilder()
builder.input('x', [2])
const graph = random.perceptron(drawn, [2, 3])

testPublicFunctions(random, {
  Random: [1, 0.5],
  defaultSeed: [],
  coarse: [drawn],
  randomGraph: [drawn],
  randomInputs: [drawn, graph, 2],
  randomThresholds: [drawn, 3],
  bitInputOf: [drawn],
  graphOf: ['dense', drawn],
  networkOf: [drawn],
  perceptron: [drawn, [2, 3]],
  residualNetwork: [drawn, 4, 5],
  rowNetwork: [1],
  bitTensor: [[2], [1, -1]],
  floatTensor: [[2], [1, 2]],
  plainSign: [],
  sign: [builder, 'x'],
})
