/** The contenders of a benchmark: the kernel backends, and TensorFlow.js and onnxruntime as rivals. */
import { compileGraph, type Graph, nearestNames, type Registry } from '@onebit/core'
import { backendNamed, tellChoice } from '../backends.ts'
import { UsageError } from '../errors.ts'
import type { Shell } from '../shell.ts'
import { tensorflow } from '../tensorflow.ts'
import { compileForOnnxRuntime, ONNX_RUNTIMES, type OnnxRuntimeName } from './run-on-onnxruntime.ts'
import { compileForTfjs } from './run-on-tfjs.ts'

type Inputs = Readonly<Record<string, Float32Array>>

export interface Contender {
  readonly name: string
  /** Describes the contender in one line. */
  readonly description: string
  /**
   * Largest difference from the reference at which an answer still counts as equal, relative to the reference's largest output.
   */
  readonly tolerance: number
  run(inputs: Inputs): Promise<Record<string, ArrayLike<number>>>
  dispose(): void
}

export const RIVALS = ['tfjs-wasm', ...ONNX_RUNTIMES] as const

/** Sums in another order differ in the last digits. Sometimes a value crosses a threshold and a bit flips. */
const FLOAT_TOLERANCE = 1e-3

/** @throws PluginNotFoundError on an unknown name; OptionError; BackendUnsupportedError. */
export async function backendContender(registry: Registry, name: string, graph: Graph, shell: Shell): Promise<Contender> {
  const backend = await backendNamed(registry, name)
  const network = await compileGraph(graph, backend)
  tellChoice(network, shell)
  const support = await backend.isSupported()
  const device = support.supported ? support.device : undefined
  return {
    name,
    description: device === undefined ? network.backend : `${network.backend} on ${device}`,
    // Every backend must round in the same order as the reference.
    tolerance: 0,
    run: (inputs) => network.run(inputs, { validate: false }),
    dispose: () => network.dispose(),
  }
}

/** The same topology in float32 on TensorFlow.js' WebAssembly backend. */
async function tfjsContender(graph: Graph): Promise<Contender> {
  await import('@tensorflow/tfjs-backend-wasm')
  const tf = await tensorflow()
  if (!(await tf.setBackend('wasm'))) throw new UsageError({ what: 'The wasm backend of TensorFlow.js does not start here.' })
  const [simd, threads] = await Promise.all(
    ['WASM_HAS_SIMD_SUPPORT', 'WASM_HAS_MULTITHREAD_SUPPORT'].map((flag) => tf.env().getAsync(flag)),
  )
  const compiled = compileForTfjs(tf, graph)
  return {
    name: 'tfjs-wasm',
    description: `TensorFlow.js ${tf.version.tfjs} wasm, float32, SIMD ${simd ? 'on' : 'off'}, threads ${threads ? 'on' : 'off'}`,
    tolerance: FLOAT_TOLERANCE,
    run: compiled.run,
    dispose: compiled.dispose,
  }
}

async function onnxContender(name: OnnxRuntimeName, graph: Graph): Promise<Contender> {
  const { version, run, dispose } = await compileForOnnxRuntime(name, graph)
  return { name, description: `${name} ${version}, float32, 1 thread`, tolerance: FLOAT_TOLERANCE, run, dispose }
}

/**
 * @throws UsageError on an unknown rival, one that is not installed, or one that cannot run the graph.
 */
export async function rivalContender(name: string, graph: Graph): Promise<Contender> {
  if (name === 'tfjs-wasm') return tfjsContender(graph)
  const onnx = ONNX_RUNTIMES.find((runtime) => runtime === name)
  if (onnx) return onnxContender(onnx, graph)
  const [nearest] = nearestNames(name, RIVALS)
  throw new UsageError({
    what: `There is no rival '${name}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: `Known: ${RIVALS.join(', ')}.`,
  })
}
