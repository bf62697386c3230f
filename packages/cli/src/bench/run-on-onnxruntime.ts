/**
 * onnxruntime as a float rival, in WebAssembly or native. It runs the graph's float twin as an ONNX file, on one thread. Neither
 * package is a dependency, because they take 140 and 290 MB. A comparison uses them if they are installed.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Graph, GraphError } from '@onebit/core'
import { UsageError } from '../errors.ts'

export const ONNX_RUNTIMES = ['onnxruntime-web', 'onnxruntime-node'] as const
export type OnnxRuntimeName = (typeof ONNX_RUNTIMES)[number]

interface OnnxTensor {
  readonly data: unknown
}

/** The part of the API that is used here and that both packages share. */
export interface OnnxRuntime {
  readonly env: { readonly versions: Readonly<Record<string, string>>; readonly wasm: { numThreads?: number } }
  readonly Tensor: new (type: 'float32', data: Float32Array, dimensions: readonly number[]) => OnnxTensor
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(inputs: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>
      release(): Promise<void>
    }>
  }
}

/**
 * @param folders Folders to search, in order. Default: the working folder, then the folder of this package.
 * @throws UsageError with the command that installs it, if none of the folders has it.
 */
export function loadOnnxRuntime(
  name: OnnxRuntimeName,
  folders: readonly string[] = [join(process.cwd(), 'package.json'), import.meta.url],
): OnnxRuntime {
  for (const folder of folders) {
    const require = createRequire(folder)
    let path: string
    try {
      path = require.resolve(name)
    } catch {
      continue
    }
    return require(path)
  }
  throw new UsageError({
    what: `The rival '${name}' is not installed here.`,
    fix: `Install it in this folder with \`npm install --no-save ${name}\`, or leave it out of --against.`,
  })
}

export interface OnnxGraph {
  readonly version: string
  /** @param inputs Flat, batch first. */
  run(inputs: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>>
  dispose(): void
}

/**
 * @throws UsageError if the package is missing, or on an op that ONNX files cannot hold yet.
 */
export async function compileForOnnxRuntime(name: OnnxRuntimeName, graph: Graph): Promise<OnnxGraph> {
  const runtime = loadOnnxRuntime(name)
  const web = name === 'onnxruntime-web'
  if (web) runtime.env.wasm.numThreads = 1
  const session = await runtime.InferenceSession.create(await writeFloatTwin(graph), {
    executionProviders: [web ? 'wasm' : 'cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  })
  const toTensor = (shape: readonly number[], values: Float32Array): OnnxTensor => {
    const size = shape.reduce((product, length) => product * length, 1)
    return new runtime.Tensor('float32', values, [values.length / size, ...shape])
  }
  return {
    version: runtime.env.versions[web ? 'web' : 'node'],
    async run(inputs) {
      const feeds = graph.inputs.map(({ name: input, shape }) => [input, toTensor(shape, inputs[input])] as const)
      const outputs = Object.entries(await session.run(Object.fromEntries(feeds)))
      return Object.fromEntries(outputs.map(([output, { data }]) => [output, data as Float32Array]))
    },
    dispose: () => void session.release(),
  }
}

/** Loads the writer only when it is needed. */
async function writeFloatTwin(graph: Graph): Promise<Uint8Array> {
  const { encodeOnnx, graphToOnnx } = await import('@onebit/onnx')
  try {
    return encodeOnnx(graphToOnnx(graph))
  } catch (error) {
    if (!GraphError.isInstance(error)) throw error
    throw new UsageError({ ...error.parts, fix: 'Leave the ONNX rivals out of --against.' }, { cause: error })
  }
}
