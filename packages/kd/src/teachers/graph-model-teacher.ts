/** A tf.GraphModel as a teacher. Converters make it from the models of TensorFlow and of its hub. */
import {
  checkArguments,
  checkOptions,
  describeValue,
  type InputNormalization,
  type JsonValue,
  OptionError,
  rules,
  sha256,
  type Teacher,
  type TeacherOutput,
  type TeacherTensors,
  type ValueRules,
} from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { logitsBehind, nodeName, nodesOf } from './graph-nodes.ts'
import { refuseTap } from './refuse-tap.ts'
import { checkNames, checkRun, normalizationRule } from './teacher-rules.ts'

/** The part of a tf.GraphModel that is read. */
export interface GraphModelLike {
  readonly inputs: readonly { readonly name: string; readonly shape?: readonly number[] }[]
  readonly outputNodes: readonly string[]
  readonly weights: Readonly<Record<string, readonly tf.Tensor[]>>
  readonly modelSignature?: object
  execute(inputs: tf.Tensor, outputs: string[]): tf.Tensor | tf.Tensor[]
}

export interface GraphModelTeacherOptions {
  /** The normalization that it was trained with. Default: that of the student. */
  readonly normalization?: InputNormalization
  /** `[height, width, channels]` of its input, if the model leaves them open. */
  readonly input?: readonly number[]
  /** Its name in errors. @default 'the graph model' */
  readonly title?: string
}

const { anything, callback, integer, list, number, object, record, text } = rules
const OPTIONS: ValueRules<keyof GraphModelTeacherOptions> = {
  normalization: normalizationRule,
  input: list(integer({ minimum: 1 }), { length: 3 }),
  title: text,
}
/** A model leaves sizes open by null or -1. */
const openShape = list(rules.either(number(), rules.oneOf([null])))
const modelRule = object(
  {
    inputs: list(object({ name: text }, { shape: openShape })),
    outputNodes: list(text),
    weights: record(list(rules.tensor)),
    execute: callback,
  },
  { modelSignature: object({}, { outputs: record(object({}, { name: text })), inputs: anything }) },
)

interface ReadOutput extends TeacherOutput {
  readonly name: string
  /** The node that is read. If an output ends in a softmax or a sigmoid, it is the input of that. */
  readonly node: string
}

/** The node of an output. A model lists outputs by the names in its signature. */
function outputNode({ modelSignature }: GraphModelLike, output: string): string {
  const { outputs } = (modelSignature ?? {}) as { outputs?: Readonly<Record<string, { name?: string }>> }
  return nodeName(outputs?.[output]?.name ?? output)
}

class GraphModelTeacher implements Teacher {
  readonly title: string
  readonly input: readonly number[]
  readonly normalization?: InputNormalization
  readonly outputs: Readonly<Record<string, TeacherOutput>>
  readonly #model: GraphModelLike
  readonly #read: readonly ReadOutput[]

  constructor(model: GraphModelLike, title: string, input: readonly number[], normalization?: InputNormalization) {
    this.#model = model
    this.title = title
    this.input = input
    this.normalization = normalization
    const nodes = nodesOf(model)
    const read = model.outputNodes.map((output) => {
      const node = outputNode(model, output)
      const logits = logitsBehind(node, nodes)
      return { name: nodeName(output), node: logits ?? node, isLogits: logits !== undefined }
    })
    const shapes = this.#shapes(read.map(({ node }) => node))
    this.#read = read.map((output, index) => ({ ...output, shape: shapes[index] }))
    this.outputs = Object.fromEntries(this.#read.map(({ name, shape, isLogits }) => [name, { shape, isLogits }]))
  }

  /** Values of nodes. @throws OptionError on a model that cannot run synchronously. */
  #execute(images: tf.Tensor, nodes: readonly string[]): tf.Tensor[] {
    if (nodes.length === 0) return []
    const refuse = (received: string, cause?: unknown): never => {
      const fix = 'Take a model without loops and conditions, and with one input.'
      const what = `${this.title} does not run as a teacher.`
      throw new OptionError({ option: 'teacher', what, expected: `${nodes.length} tensors`, received, fix }, { cause })
    }
    let values: tf.Tensor[] = []
    try {
      values = [this.#model.execute(images, [...nodes])].flat()
    } catch (error) {
      refuse((error as Error).message, error)
    }
    if (values.length !== nodes.length || values.some(rules.tensor)) refuse(describeValue(values))
    return values
  }

  /** Shapes of nodes, from a run on one black picture, because a model states few of them. */
  #shapes(nodes: readonly string[]): number[][] {
    return tf.tidy(() => this.#execute(tf.zeros([1, ...this.input]), nodes).map(({ shape }) => shape.slice(1)))
  }

  async shapesOf(names: readonly string[]): Promise<Readonly<Record<string, readonly number[]>>> {
    checkNames(names)
    const nodes = nodesOf(this.#model)
    for (const name of names) if (!nodes.has(name)) refuseTap(this.title, name, [...nodes.keys()])
    const shapes = this.#shapes(names)
    return Object.fromEntries(names.map((name, index) => [name, shapes[index]]))
  }

  async fingerprint(): Promise<JsonValue> {
    const graph = new TextEncoder().encode(JSON.stringify([...nodesOf(this.#model).values()]))
    const names = Object.keys(this.#model.weights).sort()
    const values = await Promise.all(names.flatMap((name) => this.#model.weights[name].map((weight) => weight.data())))
    const bytes = values.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength))
    return { graph: sha256(graph), weights: sha256(...bytes) }
  }

  async run(images: tf.Tensor, names: readonly string[]): Promise<TeacherTensors> {
    checkRun(images, names)
    const values = tf.tidy(() => this.#execute(images, [...this.#read.map(({ node }) => node), ...names]))
    const [own, taps] = [values.slice(0, this.#read.length), values.slice(this.#read.length)]
    return {
      outputs: Object.fromEntries(this.#read.map(({ name, isLogits }, index) => [name, { tensor: own[index], isLogits }])),
      layers: Object.fromEntries(names.map((name, index) => [name, taps[index]])),
    }
  }

  /** Disposes of nothing, because the model belongs to the caller. */
  dispose(): void {}
}

/**
 * A teacher from a tf.GraphModel with one input, a picture. Taps name its nodes. Its outputs have the names in its signature, or
 * those of their nodes.
 * @throws OptionError on a bad option, on a value that is no model, and on a model with several inputs, open sizes, or control flow.
 */
export async function graphModelTeacher(model: GraphModelLike, given: GraphModelTeacherOptions = {}): Promise<Teacher> {
  const options = checkOptions('graphModelTeacher()', given, OPTIONS)
  checkArguments('graphModelTeacher()', { model: [model, modelRule] })
  const { title = 'the graph model', normalization } = options
  const refuse = (what: string, expected: string, received: string): never => {
    throw new OptionError({ option: 'teacher', what: `${title} ${what}.`, expected, received })
  }
  if (model.inputs.length !== 1) {
    refuse('has several inputs', 'one: a picture', model.inputs.map(({ name }) => name).join(', ') || 'none')
  }
  const input = options.input ?? model.inputs[0].shape?.slice(1) ?? []
  if (input.length !== 3 || !input.every((side) => side > 0)) {
    refuse("leaves its pictures' size open", '`input`, the height, width and channels', `[${input.join(', ')}]`)
  }
  return new GraphModelTeacher(model, title, input, normalization)
}
