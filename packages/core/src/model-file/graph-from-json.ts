/** Reads the structure of a graph from its JSON. `graph-to-json.ts` shows the form. Inference then checks types and shapes. */

import type { AnyNode, Graph, GraphInput, GraphOutput } from '../graph/graph.ts'
import { LONGEST_NAME, MOST_AXES } from '../graph/limits.ts'
import { OP_NAMES, OPS } from '../graph/ops/index.ts'
import { describeValue } from '../options/describe-value.ts'
import { impliedInputs } from './graph-to-json.ts'
import { checkLimit, type ModelLimits } from './model-limits.ts'
import { refuse } from './refuse.ts'
import { asShape, isJsonObject, type Json, type JsonObject, parseStrictJson } from './strict-json.ts'

export interface GraphDocument extends Omit<Graph, 'tensors'> {
  /** Logical shapes of the bit tensors that cannot be told from the stored shape. */
  readonly bits: ReadonlyMap<string, readonly number[]>
}

const KEYS = ['inputs', 'nodes', 'outputs', 'bits', 'metadata']

function list(value: Json | undefined, field: string): readonly Json[] {
  return Array.isArray(value) ? value : refuse(field, { what: `The ${field} are not a list.`, received: describeValue(value) })
}

function text(value: Json | undefined, field: string): string {
  if (typeof value === 'string' && value !== '' && value !== '__proto__' && value.length <= LONGEST_NAME) return value
  const expected = `a string of 1 to ${LONGEST_NAME} characters`
  return refuse(field, { what: `${field} is not a name.`, expected, received: describeValue(value) })
}

function record(value: Json | undefined, field: string): JsonObject {
  return isJsonObject(value) ? value : refuse(field, { what: `${field} is not a record.`, received: describeValue(value) })
}

function shape(value: Json | undefined, field: string): readonly number[] {
  return (
    asShape(value) ??
    refuse(field, {
      what: `${field} is not a shape.`,
      expected: `up to ${MOST_AXES} positive integers`,
      received: describeValue(value),
    })
  )
}

function pair(value: Json, field: string): readonly Json[] {
  const parts = list(value, field)
  return parts.length === 2 ? parts : refuse(field, { what: `${field} has ${parts.length} parts.`, expected: '2' })
}

function tensorNames(
  node: Pick<AnyNode, 'name' | 'op'>,
  given: Json | undefined,
  isStored: (name: string) => boolean,
  field: string,
) {
  const named = given === undefined ? {} : record(given, field)
  const roles = Object.keys(OPS[node.op].tensors)
  for (const role of Object.keys(named)) {
    if (!roles.includes(role)) {
      refuse(`${field}.${role}`, {
        what: `Node '${node.name}' (${node.op}) takes no tensor '${role}'.`,
        expected: roles.join(', ') || 'no tensors',
      })
    }
  }
  const tensors: Record<string, string> = {}
  for (const role of roles) {
    const implied = `${node.name}.${role}`
    if (Object.hasOwn(named, role)) {
      if (named[role] !== null) tensors[role] = text(named[role], `${field}.${role}`)
    } else if (isStored(implied)) tensors[role] = implied
  }
  return tensors
}

function nodeFromJson(value: Json, previous: string | undefined, isStored: (name: string) => boolean, field: string): AnyNode {
  const parts = list(value, field)
  if (parts.length < 2 || parts.length > 3) refuse(field, { what: `${field} has ${parts.length} parts.`, expected: '2 or 3' })
  const name = text(parts[0], `${field}.name`)
  const op = text(parts[1], `${field}.op`) as AnyNode['op']
  if (!OP_NAMES.includes(op)) {
    refuse(`${field}.op`, {
      what: `Node '${name}' is of the unknown op '${op}'.`,
      expected: OP_NAMES.join(', '),
      fix: 'If a newer Onebit wrote the file, update.',
    })
  }
  const { inputs, tensors, ...given } = parts[2] === undefined ? {} : record(parts[2], `${field}.attributes`)
  return {
    name,
    op,
    inputs:
      inputs === undefined
        ? impliedInputs({ op }, previous)
        : list(inputs, `${field}.inputs`).map((input) => text(input, `${field}.inputs`)),
    attributes: given,
    tensors: tensorNames({ name, op }, tensors, isStored, `${field}.tensors`),
  } as unknown as AnyNode
}

/**
 * @param isStored Returns true if the file holds a tensor of that name.
 * @throws ModelFormatError naming the field; LimitError on more nodes than the limits allow.
 */
export function graphFromJson(json: string, isStored: (name: string) => boolean, limits: ModelLimits): GraphDocument {
  const document = record(parseStrictJson(json, 'graph'), 'graph')
  for (const key of Object.keys(document)) {
    if (!KEYS.includes(key)) refuse(`graph.${key}`, { what: `The graph has an unknown key '${key}'.`, expected: KEYS.join(', ') })
  }
  const inputs = list(document.inputs, 'graph.inputs').map((entry, index): GraphInput => {
    const field = `graph.inputs[${index}]`
    const parts = list(entry, field)
    const [name, size, dtype] = parts.length === 3 ? parts : pair(entry, field)
    if (dtype !== undefined && dtype !== 'bit') {
      refuse(`${field}.dtype`, { what: `${field} is not a type.`, expected: `'bit'`, received: JSON.stringify(dtype) })
    }
    return { name: text(name, `${field}.name`), shape: shape(size, `${field}.shape`), ...(dtype && { dtype }) }
  })
  const stated = list(document.nodes, 'graph.nodes')
  checkLimit('nodes', stated.length, limits)
  const nodes: AnyNode[] = []
  for (const [index, entry] of stated.entries()) {
    nodes.push(nodeFromJson(entry, nodes.at(-1)?.name ?? inputs.at(-1)?.name, isStored, `graph.nodes[${index}]`))
  }
  const outputs = list(document.outputs, 'graph.outputs').map((entry, index): GraphOutput => {
    const field = `graph.outputs[${index}]`
    const [name, value] = pair(entry, field)
    return { name: text(name, `${field}.name`), value: text(value, `${field}.value`) }
  })
  const bits = Object.entries(record(document.bits === undefined ? {} : document.bits, 'graph.bits'))
  const metadata = record(document.metadata === undefined ? {} : document.metadata, 'graph.metadata')
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') refuse(`graph.metadata.${key}`, { what: `The metadata '${key}' is not a string.` })
  }
  return {
    inputs,
    nodes,
    outputs,
    bits: new Map(bits.map(([name, size]) => [name, shape(size, `graph.bits.${name}`)])),
    metadata: metadata as Readonly<Record<string, string>>,
  }
}
