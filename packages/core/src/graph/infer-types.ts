/** Inference of types and shapes, which also validates a graph. Every backend can run a graph that passes. */

import { GraphError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { checkGraphForm } from './check-form.ts'
import {
  type AnyNode,
  elementCount,
  formatShape,
  type Graph,
  type GraphInput,
  type GraphTensor,
  type ValueType,
} from './graph.ts'
import { checkElements, checkMetadata, checkName, shapeFault } from './limits.ts'
import { completeAttributes, type OpDefinition } from './ops/definition.ts'
import { OP_NAMES, OPS } from './ops/index.ts'

/** Bytes that `count` packed bits take. */
export function packedLength(count: number): number {
  return Math.ceil(count / 8)
}

function checkTensor(name: string, { dtype, shape, data }: GraphTensor): void {
  checkName(name, 'a tensor')
  const fault = shapeFault(shape)
  if (fault) throw new GraphError({ ...fault, what: `Tensor '${name}' has a bad shape.`, received: describeValue(shape) })
  checkElements(name, shape)
  const count = elementCount(shape)
  const expected = dtype === 'bit' ? packedLength(count) : count
  if (data.length !== expected) {
    throw new GraphError({
      what: `Tensor '${name}' of shape ${formatShape(shape)} holds the wrong amount of data.`,
      expected: `${expected} ${dtype === 'bit' ? 'bytes' : 'values'}`,
      received: `${data.length}`,
    })
  }
}

/**
 * The type of one node's output.
 * @throws GraphError naming the node, if an input, tensor or attribute does not fit.
 */
export function inferNode(
  node: AnyNode,
  valueType: (name: string) => ValueType | undefined,
  tensor: (name: string) => GraphTensor | undefined,
): ValueType {
  const definition = Object.hasOwn(OPS, node.op) ? (OPS[node.op] as OpDefinition) : undefined
  const title = `Node '${node.name}' (${node.op})`
  const fail = (parts: { what: string; expected?: string; received?: string; fix?: string }): never => {
    throw new GraphError({ ...parts, node: node.name, what: `${title}: ${parts.what}` })
  }
  if (!definition) return fail({ what: 'There is no such op.', expected: OP_NAMES.join(', ') })

  const { inputs: rules, variadic } = definition
  if (variadic ? node.inputs.length < rules.length : node.inputs.length !== rules.length) {
    fail({
      what: 'It has the wrong number of inputs.',
      expected: `${variadic ? 'at least ' : ''}${rules.length}`,
      received: `${node.inputs.length}`,
    })
  }
  const inputs = node.inputs.map((name, index) => {
    const type = valueType(name)
    if (!type) return fail({ what: `Its input '${name}' is not the name of a graph input or an earlier node.` })
    const accepted = rules[Math.min(index, rules.length - 1)]
    if (!accepted.includes(type.dtype)) {
      fail({ what: `Its input '${name}' has the wrong type.`, expected: accepted.join(' or '), received: type.dtype })
    }
    return type
  })

  for (const role of Object.keys(node.tensors)) {
    if (!Object.hasOwn(definition.tensors, role)) {
      fail({ what: `It takes no tensor '${role}'.`, expected: Object.keys(definition.tensors).join(', ') || 'no tensors' })
    }
  }
  const tensors: Record<string, ValueType | undefined> = {}
  for (const [role, { dtypes, optional }] of Object.entries(definition.tensors)) {
    const name = node.tensors[role]
    if (name === undefined) {
      if (!optional) fail({ what: `It lacks its tensor '${role}'.` })
      continue
    }
    const found = tensor(name)
    if (!found) return fail({ what: `Its tensor '${name}' is not in the graph.` })
    if (!dtypes.includes(found.dtype)) {
      fail({ what: `Its tensor '${name}' has the wrong type.`, expected: dtypes.join(' or '), received: found.dtype })
    }
    tensors[role] = found
  }
  const attributes = completeAttributes(node.name, node.op, definition, node.attributes as Record<string, unknown>)
  const type = definition.infer({ inputs, attributes, tensors, fail })
  checkElements(node.name, type.shape)
  return type
}

/** @throws GraphError if a graph input has a shape that is not valid, or a type that no caller can give. */
export function checkInput({ name, shape, dtype = 'float32' }: GraphInput): void {
  const fault = shapeFault(shape)
  if (fault) throw new GraphError({ ...fault, what: `Graph input '${name}' has a bad shape.`, received: describeValue(shape) })
  if (dtype === 'float32' || dtype === 'bit') return
  throw new GraphError({
    what: `Graph input '${name}' has a type that no caller can give.`,
    expected: `'float32' or 'bit'`,
    received: describeValue(dtype),
  })
}

/**
 * The type of every graph input and node output, by name.
 * @throws GraphError naming the first node, tensor, input or output that does not fit.
 */
export function inferTypes(graph: Graph): Map<string, ValueType> {
  checkGraphForm(graph)
  for (const [name, tensor] of graph.tensors) checkTensor(name, tensor)
  const types = new Map<string, ValueType>()
  const declare = (name: string, type: ValueType): void => {
    checkName(name, 'an input or node')
    if (types.has(name))
      throw new GraphError({
        node: name,
        what: `The name '${name}' is used twice.`,
        fix: 'Give each node and input its own name.',
      })
    types.set(name, type)
  }
  for (const input of graph.inputs) {
    const { name, shape, dtype = 'float32' } = input
    checkInput(input)
    checkElements(name, shape)
    declare(name, { dtype, shape })
  }
  for (const node of graph.nodes) {
    declare(
      node.name,
      inferNode(
        node,
        (name) => types.get(name),
        (name) => graph.tensors.get(name),
      ),
    )
  }
  const outputNames = new Set<string>()
  for (const { name, value } of graph.outputs) {
    checkName(name, 'an output')
    if (!types.has(value))
      throw new GraphError({ what: `Graph output '${name}' is the value '${value}', which no node produces.` })
    if (outputNames.has(name)) throw new GraphError({ what: `The output name '${name}' is used twice.` })
    outputNames.add(name)
  }
  if (outputNames.size === 0) throw new GraphError({ what: 'The graph has no outputs.' })
  checkMetadata(graph.metadata)
  return types
}
