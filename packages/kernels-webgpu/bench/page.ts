/** The benchmark's page. It runs every engine on one network, in turn. */

import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core'
import { elementCount, type Graph, readModel } from '@onebit/core'
import { webgpu } from '@onebit/kernels-webgpu'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-webgpu'
import * as ort from 'onnxruntime-web/webgpu'
import { compileForTfjs } from '../../cli/src/bench/run-on-tfjs.ts'
import { relativeDifference } from '../../cli/src/bench/verify.ts'
import { describeAdapter } from '../src/device/adapter.ts'
import { deviceMilliseconds, passesBegun, restartTimers, watchPasses } from './device-time.ts'
import { type Adapter, type ContenderResult, median } from './results.ts'

type Outputs = Record<string, ArrayLike<number>>

interface Engine {
  run(inputs: Record<string, Float32Array>): Promise<Outputs>
  dispose(): void
}

interface Contender {
  readonly name: string
  /** @param address Address of the network's files, without extensions. */
  open(graph: Graph, address: string): Promise<Engine>
}

const OURS: Contender = {
  name: 'kernels-webgpu',
  async open(graph) {
    const network = await webgpu().compile(graph)
    return { run: (inputs) => network.run(inputs, { validate: false }), dispose: () => network.dispose() }
  },
}

/** The twin: the same graph op by op, with bits as float +-1. */
const TFJS: Contender = {
  name: `tfjs-backend-webgpu ${tf.version['tfjs-core']}, float32 twin`,
  async open(graph) {
    if (!(await tf.setBackend('webgpu'))) throw new Error('The backend does not start.')
    return compileForTfjs(tf, graph)
  },
}

/** The same twin as an ONNX file. */
const ONNX: Contender = {
  name: `onnxruntime-web ${ort.env.versions.web} webgpu, float32 twin`,
  async open(graph, address) {
    ort.env.wasm.wasmPaths = '/ort/'
    ort.env.wasm.numThreads = 1
    const model = new Uint8Array(await (await fetch(`${address}.onnx`)).arrayBuffer())
    const session = await ort.InferenceSession.create(model, { executionProviders: ['webgpu'], logSeverityLevel: 3 })
    return {
      async run(inputs) {
        const feeds = graph.inputs.map(({ name, shape }) => [name, new ort.Tensor('float32', inputs[name], [1, ...shape])])
        const outputs = await session.run(Object.fromEntries(feeds))
        return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]))
      },
      dispose: () => void session.release(),
    }
  },
}

let litert: Promise<unknown> | undefined

/** LiteRT has no signs and thresholds on WebGPU, so it only runs float networks. */
const litertOf = (version: string): Contender => ({
  name: `@litertjs/core ${version} webgpu, float32`,
  async open({ inputs: [input], outputs: [output] }, address) {
    litert ??= loadLiteRt('/litert/')
    await litert
    const model = await loadAndCompile(`${address}.tflite`, { accelerator: 'webgpu', gpuOptions: { precision: 'fp32' } })
    return {
      async run(inputs) {
        const tensor = new Tensor(inputs[input.name], [1, ...input.shape])
        const [result] = await model.run(tensor)
        const read = await result.moveTo('wasm')
        const values = (read.toTypedArray() as Float32Array).slice()
        for (const each of [tensor, read]) each.delete()
        return { [output.name]: values }
      },
      dispose: () => model.delete(),
    }
  },
})

const TWINS = [OURS, TFJS, ONNX]

async function adapter(): Promise<Adapter> {
  const found = (await navigator.gpu.requestAdapter())!
  return {
    name: describeAdapter(found).name,
    features: [...found.features].sort(),
    wgslLanguageFeatures: [...navigator.gpu.wgslLanguageFeatures].sort(),
  }
}

interface Opened {
  readonly name: string
  readonly engine?: Engine
  readonly error?: string
  passes: number
  difference: number | null
  readonly wall: number[]
  readonly device: (number | undefined)[]
}

async function open(contender: Contender, graph: Graph, address: string): Promise<Opened> {
  const empty = { name: contender.name, passes: 0, difference: null, wall: [], device: [] }
  try {
    return { ...empty, engine: await contender.open(graph, address) }
  } catch (error) {
    return { ...empty, error: (error as Error).message }
  }
}

function resultOf({ name, error, passes, difference, wall, device }: Opened): ContenderResult {
  const timed = device.every((time) => time !== undefined) && device.length > 0
  return {
    ...{ name, passes, difference, wall, device: timed ? (device as number[]) : null },
    medianMs: wall.length > 0 ? median(wall) : Number.NaN,
    medianDeviceMs: timed ? median(device as number[]) : null,
    ...(error !== undefined && { error }),
  }
}

/**
 * Runs every contender once per round, so a slower machine slows all of them. The first run of each gives its answer and does not
 * count.
 * @param litertVersion Present for a float network, which LiteRT also runs.
 */
async function compare(address: string, rounds: number, litertVersion?: string): Promise<readonly ContenderResult[]> {
  const graph = await readModel(new Uint8Array(await (await fetch(`${address}.safetensors`)).arrayBuffer()))
  const inputs = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [name, Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i * i))]),
  )
  const opened: Opened[] = []
  let expected: Outputs | undefined
  for (const contender of litertVersion ? [...TWINS, litertOf(litertVersion)] : TWINS) {
    const one = await open(contender, graph, address)
    opened.push(one)
    if (!one.engine) continue
    const before = passesBegun()
    const answer = await one.engine.run(inputs)
    one.passes = passesBegun() - before
    expected ??= answer
    one.difference = relativeDifference(expected, answer)
  }
  for (let round = 0; round < rounds; round++) {
    for (const { engine, wall, device } of opened) {
      if (!engine) continue
      restartTimers()
      const start = performance.now()
      await engine.run(inputs)
      wall.push(performance.now() - start)
      device.push(await deviceMilliseconds())
    }
  }
  for (const { engine } of opened) engine?.dispose()
  return opened.map(resultOf)
}

watchPasses()
export const bench = { adapter, compare }
