/** onnxruntime in WebAssembly and native, each pinned to one thread, in float32 or in 8 bits. */
import type { Graph } from '@onebit/core'
import { encodeOnnx, graphToOnnx, type OnnxModel } from '@onebit/onnx'
import { channelsFirst, randomFloats } from '../harness.ts'
import { FLOAT32_TOLERANCE, type LoadedPeer, type Peer } from './peer.ts'
import { activationRanges, quantizeOnnx } from './quantize-onnx.ts'

/** The common parts of both packages. */
type Runtime = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor' | 'env'>

/** Relative root mean square error that 8 bits may cause in random networks. We measured 1.8 % on ResNet-18. */
const INT8_TOLERANCE = 0.03
const CALIBRATION_IMAGES = 4

interface Engine {
  readonly name: string
  readonly ort: Runtime
  readonly executionProvider: string
}

async function createSession({ ort, executionProvider }: Engine, model: OnnxModel) {
  return ort.InferenceSession.create(encodeOnnx(model), {
    executionProviders: [executionProvider],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  })
}

/** A flat array, with channels first if the shape is that of an image. */
function ordered(values: Float32Array, shape: readonly number[]): Float32Array {
  return shape.length === 3 ? channelsFirst(values, shape[2]) : values
}

async function loadModel(engine: Engine, model: OnnxModel, graph: Graph, input: Float32Array): Promise<LoadedPeer> {
  const { ort } = engine
  const session = await createSession(engine, model)
  const [{ name, shape }] = model.inputs
  const [result] = model.outputs
  const feeds = { [name]: new ort.Tensor('float32', ordered(input, graph.inputs[0].shape), [1, ...shape]) }
  return {
    run: () => session.run(feeds),
    async output() {
      const { [result.name]: tensor } = await session.run(feeds)
      const values = tensor.data as Float32Array
      return result.shape?.length === 3 ? channelsFirst(values, result.shape[0], true) : values
    },
    dispose: () => void session.release(),
  }
}

const floatModel = (graph: Graph): OnnxModel => graphToOnnx(graph, { layout: 'channels-first' })

/** Every intermediate value of a few random inputs. */
async function calibrate(engine: Engine, model: OnnxModel): Promise<AsyncIterable<Record<string, Float32Array>>> {
  const [{ name, shape }] = model.inputs
  const everything = { ...model, outputs: model.nodes.map(({ outputs: [output] }) => ({ name: output })) }
  const session = await createSession(engine, everything)
  const size = shape.reduce((a, b) => a * b, 1)
  return (async function* () {
    for (let image = 0; image < CALIBRATION_IMAGES; image++) {
      const values = randomFloats(size)
      const results = await session.run({ [name]: new engine.ort.Tensor('float32', values, [1, ...shape]) })
      const entries = Object.entries(results).map(([key, { data }]) => [key, data as Float32Array] as const)
      yield { [name]: values, ...Object.fromEntries(entries) }
    }
    await session.release()
  })()
}

export interface OnnxPeers {
  readonly float32: Peer
  /** Activations in uint8, weights in int8 with a scale for each channel. */
  readonly int8: Peer
}

/** Quantized models by graph, the same for both engines. */
const quantized = new WeakMap<Graph, Promise<OnnxModel>>()

function peers(engine: Engine): OnnxPeers {
  const quantize = async (graph: Graph): Promise<OnnxModel> => {
    const model = floatModel(graph)
    return quantizeOnnx(model, await activationRanges(await calibrate(engine, model)))
  }
  return {
    float32: {
      name: `${engine.name} float32`,
      tolerance: FLOAT32_TOLERANCE,
      load: (graph, input) => loadModel(engine, floatModel(graph), graph, input),
    },
    int8: {
      name: `${engine.name} int8`,
      tolerance: INT8_TOLERANCE,
      async load(graph, input) {
        if (!quantized.has(graph)) quantized.set(graph, quantize(graph))
        return loadModel(engine, await quantized.get(graph)!, graph, input)
      },
    },
  }
}

export async function onnxruntimeWeb(): Promise<OnnxPeers> {
  const ort: Runtime = await import('onnxruntime-web')
  ort.env.wasm.numThreads = 1
  return peers({ name: `onnxruntime-web ${ort.env.versions.web}`, ort, executionProvider: 'wasm' })
}

export async function onnxruntimeNode(): Promise<OnnxPeers> {
  const ort: Runtime = await import('onnxruntime-node')
  return peers({ name: `onnxruntime-node ${ort.env.versions.node}`, ort, executionProvider: 'cpu' })
}
