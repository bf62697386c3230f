/** The suite of kernel backends: comparison with the reference on every op and on small networks, and the behavior of a run. */
import {
  checkArgument,
  checkOptions,
  DisposedError,
  type Executable,
  elementCount,
  type Graph,
  GraphError,
  InputError,
  type KernelBackend,
  type OnebitError,
  OP_NAMES,
  type RunInput,
  type RunOutput,
  reference,
  rules,
  type ValueRules,
} from '@onebit/core'
import { type ConformanceCase, registerCases, type TestFunction } from '../conformance-case.ts'
import { attempt, repeatable, require } from '../conformance-error.ts'
import { bitInputOf, coarse, graphOf, networkOf } from '../random/op-graph.ts'
import { defaultSeed, Random } from '../random/random.ts'

export interface KernelBackendSuiteOptions {
  /** Your runner's `test(name, run)`. */
  test: TestFunction
  /**
   * Largest difference of a float from the reference's, relative to 1 + its magnitude. Bits and accumulators are compared
   * exactly. Default 0: exact floats are possible, because ops state their order of summation, and functions such as sigmoid
   * every operation (`ACTIVATIONS` of `@onebit/core`).
   */
  tolerance?: number
  /** Number of random graphs per op. Default 6. */
  graphs?: number
  seed?: number
}

const OPTIONS: ValueRules<Exclude<keyof KernelBackendSuiteOptions, 'test'>> = {
  tolerance: rules.number({ minimum: 0 }),
  graphs: rules.integer({ minimum: 1 }),
  seed: rules.number(),
}

type Factory = () => KernelBackend | Promise<KernelBackend>

function drawInputs(graph: Graph, random: Random, batch: number): Record<string, RunInput> {
  const draw = (): number => (random.next() < 0.5 ? coarse(random) : random.normal())
  return Object.fromEntries(
    graph.inputs.map(({ name, shape, dtype }) => {
      const length = batch * elementCount(shape)
      return [
        name,
        dtype === 'bit' ? Int8Array.from({ length }, () => random.pick([1, -1])) : Float32Array.from({ length }, draw),
      ]
    }),
  )
}

function requireSame(what: string, actual: RunOutput | undefined, expected: RunOutput, tolerance: number): void {
  require(actual?.constructor === expected.constructor && actual.length === expected.length, () => ({
    what: `${what} has another type or length.`,
    expected: `${expected.constructor.name} of ${expected.length}`,
    received: actual ? `${actual.constructor.name} of ${actual.length}` : 'nothing',
  }))
  const exact = !(expected instanceof Float32Array)
  for (let index = 0; index < expected.length; index++) {
    const [a, e] = [actual[index], expected[index]]
    const same = a === e || (Number.isNaN(a) && Number.isNaN(e))
    require(same || (!exact && Math.abs(a - e) <= tolerance * (1 + Math.abs(e))), () => ({
      what: `${what} differs from the reference at ${index}.`,
      expected: `${e}`,
      received: `${a}`,
    }))
  }
}

async function compare(backend: KernelBackend, graph: Graph, random: Random, tolerance: number): Promise<void> {
  const ops = graph.nodes.map(({ op }) => op).join(', ')
  const inputs = drawInputs(graph, random, random.integer(1, 3))
  const oracle = await reference.compile(graph)
  const expected = await oracle.run(inputs)
  const executable = await attempt(`It does not compile a graph of ${ops}.`, () => backend.compile(graph))
  const actual = await attempt(`It does not run a graph of ${ops}.`, () => executable.run(inputs))
  for (const [name, values] of Object.entries(expected)) {
    requireSame(`Output '${name}' of a graph of ${ops}`, actual[name], values, tolerance)
  }
  executable.dispose()
}

async function requireError(what: string, type: typeof OnebitError, run: () => Promise<unknown>): Promise<void> {
  let thrown: unknown
  try {
    await run()
  } catch (error) {
    thrown = error
  }
  require(type.isInstance(thrown), () => ({
    what,
    expected: type.errorName,
    received: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'no error',
  }))
}

/** The cases of `testKernelBackend`, to run them in other ways. */
export function kernelBackendCases(factory: Factory, options: Omit<KernelBackendSuiteOptions, 'test'> = {}): ConformanceCase[] {
  checkArgument('kernelBackendCases()', 'factory', factory, rules.callback)
  const { tolerance = 0, graphs = 6, seed = defaultSeed() } = checkOptions('kernelBackendCases()', options, OPTIONS)
  const item = (name: string, run: (backend: KernelBackend, random: Random) => Promise<void>): ConformanceCase => ({
    name: `kernel backend: ${name}`,
    run: () => repeatable(seed, async () => run(await factory(), new Random(seed))),
  })
  const compiled = (
    name: string,
    run: (executable: Executable, graph: Graph, random: Random) => Promise<void>,
  ): ConformanceCase =>
    item(name, async (backend, random) => {
      const graph = networkOf(random)
      const executable = await backend.compile(graph)
      await run(executable, graph, random)
      executable.dispose()
    })
  return [
    item('runs here', async (backend) => {
      const support = await backend.isSupported()
      require(support.supported, () => ({
        what: `The backend '${backend.name}' does not run here.`,
        received: support.supported ? '' : support.reason,
      }))
    }),
    ...OP_NAMES.map((op) =>
      item(`${op} computes what the reference does`, async (backend, random) => {
        for (let count = 0; count < graphs; count++) await compare(backend, graphOf(op, random), random, tolerance)
      }),
    ),
    item('small networks compute what the reference does', async (backend, random) => {
      for (let count = 0; count < graphs; count++) await compare(backend, networkOf(random), random, tolerance)
    }),
    compiled('explains every node, in order', async ({ explanations }, graph) => {
      const told = explanations.map(({ node, op }) => `${node} ${op}`).join(', ')
      const asked = graph.nodes.map(({ name, op }) => `${name} ${op}`).join(', ')
      require(told === asked && explanations.every(({ kernel }) => kernel !== ''), () => ({
        what: '`explanations` do not name the kernel of every node.',
        expected: asked,
        received: told,
      }))
    }),
    item('takes bits as inputs', async (backend, random) => {
      for (let count = 0; count < graphs; count++) await compare(backend, bitInputOf(random), random, tolerance)
    }),
    item('refuses bits that are not +-1', async (backend, random) => {
      const graph = bitInputOf(random)
      const executable = await backend.compile(graph)
      const { bits } = drawInputs(graph, random, 1)
      for (const given of [bits.fill(0), Float32Array.from(bits, () => 1)]) {
        const run = () => executable.run({ bits: given })
        await requireError(`It runs on ${given.constructor.name} of ${given[0]} as bits.`, InputError, run)
      }
      executable.dispose()
    }),
    item('refuses an invalid graph', async (backend, random) => {
      const graph = networkOf(random)
      const broken = {
        ...graph,
        nodes: graph.nodes.map((node) => (node.op === 'dense' ? { ...node, inputs: ['nothing'] } : node)),
      }
      await requireError('It compiles a graph whose node reads a value that does not exist.', GraphError, async () => {
        return backend.compile(broken as Graph)
      })
    }),
    compiled('refuses inputs that are missing, unknown, misshapen or not finite', async (executable, graph, random) => {
      const { image } = drawInputs(graph, random, 1)
      const bad = image.slice()
      bad[1] = Number.NaN
      const inputs = {
        missing: {},
        unknown: { image, other: image },
        misshapen: { image: image.subarray(1) },
        NaN: { image: bad },
      }
      for (const [kind, given] of Object.entries(inputs)) {
        await requireError(`It runs on an input that is ${kind}.`, InputError, () => executable.run(given as never))
      }
      await attempt('With `validate: false` it still refuses NaN.', () => executable.run({ image: bad }, { validate: false }))
    }),
    item('overlapping runs return arrays of their own', async (backend, random) => {
      // Several networks, because some give the same result for all inputs.
      for (let count = 0; count < graphs; count++) {
        const graph = networkOf(random)
        const executable = await backend.compile(graph)
        const batches = [1, 2, 1].map((batch) => drawInputs(graph, random, batch))
        const together = await Promise.all(batches.map((inputs) => executable.run(inputs)))
        const oracle = await reference.compile(graph)
        for (const [index, inputs] of batches.entries()) {
          const alone = await oracle.run(inputs)
          requireSame(`Run ${index} of three at once`, together[index].result, alone.result, tolerance)
        }
        const before = together[0].result.slice()
        await executable.run(batches[2])
        requireSame('An array returned earlier', together[0].result, before, 0)
        executable.dispose()
      }
    }),
    compiled('a disposed network does not run', async (executable, graph, random) => {
      executable.dispose()
      await requireError('It runs after dispose.', DisposedError, () => executable.run(drawInputs(graph, random, 1)))
    }),
  ]
}

/** Registers the suite with your runner: `testKernelBackend(() => myBackend(), { test })`. */
export function testKernelBackend(factory: Factory, options: KernelBackendSuiteOptions): void {
  const { test, ...suite } = checkOptions('testKernelBackend()', options, { ...OPTIONS, test: rules.callback }, ['test'])
  registerCases(kernelBackendCases(factory, suite), test)
}
