/** Builds a graph node by node and reports every mistake at its node. */

import { GraphError } from '../errors.ts'
import { checkArgument, checkOptions } from '../options/check-options.ts'
import { describeValue } from '../options/describe-value.ts'
import { anything, list, record, text, type ValueRules } from '../options/value-rules.ts'
import { checkTensorForm } from './check-form.ts'
import type { AnyNode, Graph, GraphInput, GraphOutput, GraphTensor, ValueType } from './graph.ts'
import { checkInput, inferNode, inferTypes } from './infer-types.ts'
import { checkName } from './limits.ts'
import { completeAttributes, type OpDefinition } from './ops/definition.ts'
import { OP_NAMES, OPS, type OpAttributes, type OpName } from './ops/index.ts'

export interface NodeOptions<Op extends OpName> {
  /** Defaults to the op's name with a number. */
  name?: string
  inputs?: readonly string[]
  /** Attributes left out take their defaults. */
  attributes?: Partial<OpAttributes[Op]>
  /** The tensor itself, or the name of a tensor of an earlier node. */
  tensors?: Readonly<Record<string, GraphTensor | string>>
}

const nodeRules: ValueRules<keyof NodeOptions<OpName>> = {
  name: text,
  inputs: list(text),
  attributes: record(anything),
  tensors: record(anything),
}

export class GraphBuilder {
  readonly #inputs: GraphInput[] = []
  readonly #nodes: AnyNode[] = []
  readonly #outputs: GraphOutput[] = []
  readonly #tensors = new Map<string, GraphTensor>()
  readonly #types = new Map<string, ValueType>()
  /** For each op, the last number used in the name of a node. */
  readonly #numbers = new Map<string, number>()
  #metadata: Record<string, string> = {}

  /**
   * Declares a graph input and returns its name.
   * @param shape Without the batch: `[height, width, channels]` of an image.
   * @param dtype The type that callers give: real values or bits.
   * @throws GraphError if the name is taken, the shape is not valid or callers cannot give the type.
   */
  input(name: string, shape: readonly number[], dtype: 'float32' | 'bit' = 'float32'): string {
    this.#claim(name, 'an input')
    checkInput({ name, shape, dtype })
    this.#inputs.push({ name, shape: [...shape], ...(dtype === 'bit' && { dtype }) })
    this.#types.set(name, { dtype, shape: [...shape] })
    return name
  }

  /**
   * Appends a node and returns the name of its value.
   * @throws GraphError if it does not fit its inputs; OptionError on an option that is unknown or wrong.
   */
  node<Op extends OpName>(op: Op, options: NodeOptions<Op>): string {
    if (typeof op !== 'string' || !Object.hasOwn(OPS, op)) {
      const expected = OP_NAMES.join(', ')
      throw new GraphError({ what: 'There is no such op.', expected, received: describeValue(op) })
    }
    const given = checkOptions<NodeOptions<Op>>(`node('${op}')`, options, nodeRules)
    const { name, inputs = [], attributes = {}, tensors = {} } = given
    const nodeName = name ?? this.#freshName(op)
    this.#claim(nodeName, 'a node')
    const roles: Record<string, string> = {}
    const brought = new Map<string, GraphTensor>()
    for (const [role, tensor] of Object.entries(tensors)) {
      if (typeof tensor !== 'string') checkTensorForm(`${nodeName}.${role}`, tensor)
      roles[role] = typeof tensor === 'string' ? tensor : `${nodeName}.${role}`
      if (typeof tensor !== 'string') brought.set(roles[role], tensor)
    }
    const complete = completeAttributes(nodeName, op, OPS[op] as OpDefinition<OpAttributes[Op]>, attributes)
    const node = { name: nodeName, op, inputs: [...inputs], attributes: complete, tensors: roles } as AnyNode
    const type = inferNode(
      node,
      (value) => this.#types.get(value),
      (tensor) => brought.get(tensor) ?? this.#tensors.get(tensor),
    )
    this.#types.set(nodeName, type)
    for (const [tensorName, tensor] of brought) this.#tensors.set(tensorName, tensor)
    this.#nodes.push(node)
    return nodeName
  }

  /**
   * Names a value that `run` returns.
   * @throws GraphError if there is no such value.
   */
  output(name: string, value: string): void {
    checkName(name, 'an output')
    this.type(value)
    this.#outputs.push({ name, value })
  }

  /**
   * Adds text that travels with the model. A repeated key replaces the earlier text.
   * @throws GraphError if an entry is not text that a file can hold.
   */
  metadata(entries: Readonly<Record<string, string>>): void {
    checkArgument('metadata()', 'entries', entries, record(anything))
    for (const [key, value] of Object.entries(entries)) {
      if (typeof value === 'string') continue
      throw new GraphError({
        what: `The metadata '${key}' is not text.`,
        expected: 'a string',
        received: Array.isArray(value) ? 'a list' : typeof value,
        fix: 'Give lists and records as JSON.',
      })
    }
    this.#metadata = { ...this.#metadata, ...entries }
  }

  /**
   * The type of a value built so far.
   * @throws GraphError if there is no value of that name.
   */
  type(value: string): ValueType {
    const type = this.#types.get(value)
    if (!type)
      throw new GraphError({
        what: `There is no value ${typeof value === 'string' ? `'${value}'` : describeValue(value)} in the graph.`,
        node: typeof value === 'string' ? value : undefined,
      })
    return type
  }

  /**
   * The graph so far. The builder can go on.
   * @throws GraphError if the graph is incomplete, for example without outputs.
   */
  build(): Graph {
    const graph: Graph = {
      inputs: [...this.#inputs],
      nodes: [...this.#nodes],
      outputs: [...this.#outputs],
      tensors: new Map(this.#tensors),
      metadata: this.#metadata,
    }
    inferTypes(graph)
    return graph
  }

  #claim(name: string, of: string): void {
    checkName(name, of)
    if (this.#types.has(name)) {
      throw new GraphError({
        node: name,
        what: `The name '${name}' is used twice.`,
        fix: 'Give each node and input its own name.',
      })
    }
  }

  #freshName(op: string): string {
    let number = (this.#numbers.get(op) ?? 0) + 1
    while (this.#types.has(`${op}${number}`)) number++
    this.#numbers.set(op, number)
    return `${op}${number}`
  }
}
