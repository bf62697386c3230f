import { floatTensor } from '@onebit/testkit/random'
import { describe, expect, it, vi } from 'vitest'
import { defineBackend, type KernelBackend } from '../contracts/kernel-backend.ts'
import { BackendUnsupportedError, GraphError, InputError, LimitError, OptionError, PluginNotFoundError } from '../errors.ts'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { writeModel } from '../model-file/write-model.ts'
import { reference } from '../reference/reference-backend.ts'
import { referenceBackend } from '../reference/reference-plugin.ts'
import { createRegistry } from '../registry.ts'
import { auto } from './auto.ts'
import { autoBackend } from './auto-plugin.ts'
import { compileGraph, load } from './load.ts'

const builder = new GraphBuilder()
builder.input('x', [2])
builder.output('y', builder.node('dense', { inputs: ['x'], tensors: { weights: floatTensor([2, 2], [1, 2, 3, 4]) } }))
const graph = builder.build()
const x = Float32Array.of(1, 1)
const y = Float32Array.of(4, 6)

const tooLarge = (): LimitError => new LimitError({ limit: 'maxBufferSize', what: 'Too large.' })

/** The reference by another name, with parts of it changed. */
const backend = (name: string, parts: Partial<KernelBackend> = {}): KernelBackend => ({ ...reference, name, ...parts })
const absent = backend('absent', { isSupported: async () => ({ supported: false, reason: 'There is no GPU.' }) })
const software = backend('software', {
  isSupported: async () => ({ supported: true, device: 'SwiftShader', isSoftware: true }),
})
const small = backend('small', { compile: () => Promise.reject(tooLarge()) })

/** A backend, each of whose networks fails in some of its runs, by their number. */
function failing(name: string, fails: (run: number) => boolean, error: () => Error = tooLarge) {
  const dispose = vi.fn()
  const compile: KernelBackend['compile'] = async (given) => {
    const executable = await reference.compile(given)
    let runs = 0
    return {
      explanations: executable.explanations.map((node) => ({ ...node, kernel: name })),
      run: async (inputs, options) => (fails(runs++) ? Promise.reject(error()) : executable.run(inputs, options)),
      dispose,
    }
  }
  return { ...backend(name, { compile }), dispose }
}

describe('auto() passes over, and says why,', () => {
  it('what cannot run here, what is software, and what cannot hold the graph', async () => {
    const network = await compileGraph(graph, auto([absent, software, small, backend('good'), backend('spare')]))
    expect(network.backend).toBe('good')
    expect(network.passedOver).toEqual([
      { backend: 'absent', reason: 'There is no GPU.' },
      { backend: 'software', reason: expect.stringMatching(/^SwiftShader is software .* Ask for 'software' alone/) },
      { backend: 'small', reason: 'Too large.' },
    ])
    expect((await network.run({ x })).y).toEqual(y)
    network.dispose()
    expect(network.backend).toBe('good')
  })

  it('nothing where the first one serves', async () => {
    const network = await compileGraph(graph, auto([reference, absent]))
    expect([network.backend, network.passedOver]).toEqual(['reference', []])
  })

  it('what cannot even be made', async () => {
    const create = vi.fn(async (): Promise<KernelBackend> => {
      throw new BackendUnsupportedError({ what: 'Not installed.' })
    })
    const chosen = auto([{ name: 'missing', create }, { name: 'odd', create: () => ({}) as never }, reference])
    const network = await compileGraph(graph, chosen)
    expect(network.passedOver).toEqual([
      { backend: 'missing', reason: 'Not installed.' },
      { backend: 'odd', reason: expect.stringMatching(/takes no such backend/) },
    ])
  })

  it('all of them, in an error', async () => {
    const none = auto([absent, software])
    const expected = /absent: There is no GPU\. software: SwiftShader/
    await expect(compileGraph(graph, none)).rejects.toThrow(BackendUnsupportedError)
    await expect(compileGraph(graph, none)).rejects.toThrow(expected)
    expect(await none.isSupported()).toMatchObject({ supported: false, reason: expect.stringMatching(expected) })
    await expect(compileGraph(graph, auto([small]))).rejects.toThrow(/small: Too large/)
  })
})

it('auto() makes a backend once, and only when it is needed', async () => {
  const first = vi.fn(() => backend('first'))
  const second = vi.fn(() => backend('second'))
  const chosen = auto([
    { name: 'first', create: first },
    { name: 'second', create: second },
  ])
  await compileGraph(graph, chosen)
  await compileGraph(graph, chosen)
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 0])
})

it('auto() does not take an invalid graph for a fault of backends', async () => {
  const compile = vi.fn(reference.compile)
  const broken = { ...graph, outputs: [{ name: 'y', value: 'nothing' }] }
  await expect(auto([backend('any', { compile })]).compile(broken)).rejects.toThrow(GraphError)
  expect(compile).not.toHaveBeenCalled()
})

describe('a network of auto()', () => {
  it('runs again on the same backend where that failed once', async () => {
    const network = await compileGraph(graph, auto([failing('lost', (run) => run === 0), reference]))
    expect((await network.run({ x })).y).toEqual(y)
    expect(network.backend).toBe('lost')
  })

  it('moves to the next backend where a run fails twice, once for all overlapping runs', async () => {
    const gone = failing('gone', () => true)
    const compile = vi.fn(reference.compile)
    const network = await compileGraph(graph, auto([absent, gone, small, backend('next', { compile })]))
    expect(network.explain()[0].kernel).toBe('gone')
    const runs = await Promise.all([network.run({ x }), network.run({ x }), network.run({ x })])
    expect(runs.map((outputs) => outputs.y)).toEqual([y, y, y])
    expect(compile).toHaveBeenCalledOnce()
    expect(gone.dispose).toHaveBeenCalledOnce()
    expect(network.backend).toBe('next')
    expect(network.passedOver.map((passed) => passed.backend)).toEqual(['absent', 'gone', 'small'])
    expect(network.explain()[0].kernel).not.toBe('gone')
  })

  it('throws what the last backend throws', async () => {
    const network = await compileGraph(graph, auto([failing('gone', () => true), small]))
    await expect(network.run({ x })).rejects.toThrow(LimitError)
    expect(network.backend).toBe('gone')
  })

  it('does not leave a backend for the mistakes of its caller', async () => {
    const network = await compileGraph(graph, auto([backend('first'), backend('second')]))
    await expect(network.run({ x: new Float32Array(3) })).rejects.toThrow(InputError)
    await expect(network.run({ x }, { validat: true } as never)).rejects.toThrow(OptionError)
    expect([network.backend, network.passedOver]).toEqual(['first', []])
  })

  it('leaves nothing behind where it is disposed of while it moves', async () => {
    const next = failing('next', () => false)
    let arrive = (): void => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    const slow = backend('slow', { compile: async (given) => arrived.then(() => next.compile(given)) })
    const executable = await auto([failing('gone', () => true), slow]).compile(graph)
    const running = executable.run({ x }).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve))
    executable.dispose()
    arrive()
    await running
    expect(next.dispose).toHaveBeenCalled()
  })
})

describe('the GPU of a network of auto()', () => {
  const withGpu = (name: string, fails: (run: number) => boolean, error: () => Error = tooLarge): KernelBackend => {
    let runs = 0
    const run = async () => (fails(runs++) ? Promise.reject(error()) : { y })
    return backend(name, {
      compile: async (given) => {
        const executable = await reference.compile(given)
        const gpu = {
          device: name as never,
          run,
          runToBuffers: async () => ({ values: {}, release: () => {}, ...(await run()) }),
        }
        return {
          explanations: executable.explanations,
          run: (inputs, options) => executable.run(inputs, options),
          dispose: () => {},
          gpu,
        }
      },
    })
  }

  it('is that of its backend, which may fail once', async () => {
    const network = await compileGraph(graph, auto([withGpu('card', (run) => run === 0), reference]))
    expect(network.gpu!.device).toBe('card')
    expect(await network.gpu!.run({ x })).toEqual({ y })
    expect(await network.gpu!.runToBuffers({ x })).toMatchObject({ values: {} })
    expect(network.backend).toBe('card')
    expect((await compileGraph(graph, auto([reference]))).gpu).toBeUndefined()
  })

  it('is gone where the backend fails twice: what was asked of it is refused, and run() goes on', async () => {
    const network = await compileGraph(graph, auto([withGpu('card', () => true), reference]))
    await expect(network.gpu!.run({ x })).rejects.toThrow(LimitError)
    expect([network.backend, network.gpu]).toEqual(['reference', undefined])
    expect((await network.run({ x })).y).toEqual(y)
  })

  it('stays for the mistakes of its caller', async () => {
    const wrong = (): Error => new InputError({ what: 'No picture.' })
    const network = await compileGraph(graph, auto([withGpu('card', () => true, wrong), reference]))
    await expect(network.gpu!.run({ x })).rejects.toThrow(InputError)
    expect(network.backend).toBe('card')
  })
})

describe('auto by its name', () => {
  const counting = defineBackend({
    name: 'counting',
    options: { threads: { default: 1 }, quiet: { default: false } },
    create: () => absent,
  })
  const registry = createRegistry([
    autoBackend([{ plugin: counting, options: { threads: 2, quiet: false } }, counting, referenceBackend]),
    referenceBackend,
  ])

  it('in load() takes what the registry was given', async () => {
    const network = await load(writeModel(graph), { backend: 'auto', registry })
    expect(network.backend).toBe('reference')
    expect(network.passedOver.map((passed) => passed.backend)).toEqual(['counting:threads=2', 'counting'])
    expect((await load(writeModel(graph), { backend: 'reference', registry })).backend).toBe('reference')
    expect((await load(writeModel(graph), { backend: reference, registry })).backend).toBe('reference')
  })

  it('is refused where nothing says among which', async () => {
    await expect(load(writeModel(graph), { backend: 'auto' })).rejects.toThrow(/auto\(\[webgpu\(\), wasm\(\)\]\).*registry/)
    await expect(load(writeModel(graph), { backend: 'outo' as never, registry })).rejects.toThrow(PluginNotFoundError)
    await expect(load(writeModel(graph), { backend: 'auto', registry: {} as never })).rejects.toThrow(OptionError)
  })

  it('refuses options that a backend does not have', () => {
    expect(() => autoBackend([{ plugin: counting, options: { thread: 2 } }])).toThrow(/Did you mean 'threads'/)
  })
})

it.each([[undefined], [[]], [[{}]], [[null]], ['webgpu'], [[() => reference]]])('auto(%j) is refused', (choices) => {
  expect(() => auto(choices as never)).toThrow(OptionError)
})
