/** A frozen file as a teacher: a binary network on any kernel backend, with the same bits as when deployed. */
import {
  type AnyNode,
  checkBackend,
  checkOptions,
  compileGraph,
  type Graph,
  type InputNormalization,
  type JsonValue,
  type KernelBackend,
  type LoadedNetwork,
  type ModelSource,
  OptionError,
  readModelFile,
  reference,
  rules,
  sha256,
  type Teacher,
  type TeacherOutput,
  type TeacherTensors,
  type TypedGraph,
  typeGraph,
  type ValueRules,
  writeModel,
} from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { refuseTap } from './refuse-tap.ts'
import { checkNames, checkRun, normalizationRule } from './teacher-rules.ts'

export interface FrozenTeacherOptions {
  /** The backend that runs it. Default: the plain loops of `reference`, which are slow. */
  readonly backend?: KernelBackend
  /** The normalization that it was trained with. Default: that of the student. */
  readonly normalization?: InputNormalization
  /** Its name in errors. Default: `the frozen file 'PATH'`, or `the frozen network` without a path. */
  readonly title?: string
}

interface ReadOutput extends TeacherOutput {
  readonly name: string
  /** The value that is read. If an output ends in a softmax or a sigmoid, it is the input of that. */
  readonly value: string
}

/** The input of a node that ends an output in probabilities. */
function logitsInto(node: AnyNode | undefined): string | undefined {
  if (node?.op === 'softmax') return node.inputs[0]
  return node?.op === 'activation' && node.attributes.function === 'sigmoid' ? node.inputs[0] : undefined
}

class FrozenTeacher implements Teacher {
  readonly title: string
  readonly input: readonly number[]
  readonly normalization?: InputNormalization
  readonly #typed: TypedGraph
  readonly #backend: KernelBackend
  readonly #read: readonly ReadOutput[]
  /** Networks compiled for the values that are read, by the names of these values. */
  readonly #networks = new Map<string, Promise<LoadedNetwork>>()

  constructor(
    typed: TypedGraph,
    { backend = reference, normalization, title }: Required<Pick<FrozenTeacherOptions, 'title'>> & FrozenTeacherOptions,
  ) {
    const { graph, types } = typed
    this.title = title
    this.#typed = typed
    this.#backend = backend
    this.normalization = normalization
    this.input = graph.inputs[0].shape
    const nodes = new Map(graph.nodes.map((node) => [node.name, node]))
    this.#read = graph.outputs.map(({ name, value }) => {
      const logits = logitsInto(nodes.get(value))
      return { name, value: logits ?? value, shape: types.get(value)!.shape, isLogits: logits !== undefined }
    })
  }

  get outputs(): Readonly<Record<string, TeacherOutput>> {
    return Object.fromEntries(this.#read.map(({ name, shape, isLogits }) => [name, { shape, isLogits }]))
  }

  async shapesOf(names: readonly string[]): Promise<Readonly<Record<string, readonly number[]>>> {
    checkNames(names)
    const { types } = this.#typed
    return Object.fromEntries(
      names.map((name) => [name, types.get(name)?.shape ?? refuseTap(this.title, name, [...types.keys()])]),
    )
  }

  async fingerprint(): Promise<JsonValue> {
    return { frozen: sha256(writeModel(this.#typed.graph)) }
  }

  async run(images: tf.Tensor, names: readonly string[]): Promise<TeacherTensors> {
    checkRun(images, names)
    const { graph, types } = this.#typed
    const network = await this.#network([...new Set([...this.#read.map(({ value }) => value), ...names])])
    const pixels = Float32Array.from(await images.data())
    const values = await network.run({ [graph.inputs[0].name]: pixels })
    const tensorOf = (value: string): tf.Tensor =>
      tf.tensor(Float32Array.from(values[value]), [images.shape[0], ...types.get(value)!.shape], 'float32')
    return {
      outputs: Object.fromEntries(this.#read.map(({ name, value, isLogits }) => [name, { tensor: tensorOf(value), isLogits }])),
      layers: Object.fromEntries(names.map((name) => [name, tensorOf(name)])),
    }
  }

  #network(values: readonly string[]): Promise<LoadedNetwork> {
    const key = JSON.stringify(values)
    const known = this.#networks.get(key)
    if (known) return known
    const graph = { ...this.#typed.graph, outputs: values.map((value) => ({ name: value, value })) }
    const compiled = compileGraph(graph, this.#backend)
    this.#networks.set(key, compiled)
    return compiled
  }

  dispose(): void {
    for (const network of this.#networks.values()) void network.then((compiled) => compiled.dispose())
    this.#networks.clear()
  }
}

const isGraph = (source: ModelSource | Graph): source is Graph =>
  typeof source === 'object' && source !== null && 'nodes' in source

/** `checkBackend` looks at the backend, and gives advice of its own. */
const OPTIONS: ValueRules<keyof FrozenTeacherOptions> = {
  backend: rules.anything,
  normalization: normalizationRule,
  title: rules.text,
}

/**
 * A teacher of a frozen graph, or of a file of one: a path (in Node), a URL, or bytes. Taps name the nodes of the graph.
 * @throws OptionError on a bad option and on a graph with several inputs; FileError and ModelFormatError as `load` does; GraphError on an invalid graph.
 */
export async function frozenTeacher(source: ModelSource | Graph, given: FrozenTeacherOptions = {}): Promise<Teacher> {
  const options = checkOptions('frozenTeacher()', given, OPTIONS)
  if (options.backend !== undefined) checkBackend('frozenTeacher()', options.backend)
  const typed = typeGraph(isGraph(source) ? source : await readModelFile(source))
  const { graph } = typed
  if (graph.inputs.length !== 1) {
    throw new OptionError({
      option: 'teacher',
      what: 'A frozen teacher has several inputs.',
      expected: 'one: a picture',
      received: graph.inputs.map(({ name }) => name).join(', '),
    })
  }
  const title = options.title ?? (typeof source === 'string' ? `the frozen file '${source}'` : 'the frozen network')
  return new FrozenTeacher(typed, { ...options, title })
}
