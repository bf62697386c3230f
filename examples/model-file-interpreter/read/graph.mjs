import { operations } from '../operations/index.mjs'
import { readAttributes } from './attributes.mjs'
import { checkBudget } from './budget.mjs'
import { parseJson } from './json.mjs'
import { checkElements, checkName, checkShape, spend } from './limits.mjs'
import { refuse } from './refuse.mjs'
import { checkKeys, checkList, checkObject } from './shapes-of-json.mjs'
import { checkRole, readTensors } from './tensors.mjs'

/** Reads the graph and binds it to the tensors. Afterwards, every type and shape is known. */
export function readGraph(text, stored, limits) {
  const graph = parseJson(text, 'graph')
  checkKeys(graph, 'graph', ['inputs', 'nodes', 'outputs'], ['bits', 'metadata'])
  const stated = checkList(graph.get('nodes'), 'graph.nodes')
  spend(limits, 'nodes', stated.length)
  const tensors = readTensors(stored, valueOr(graph, 'bits', new Map()))
  const context = { tensors, used: new Set(), values: new Map() }
  const inputs = readInputs(graph.get('inputs'), context)
  const nodes = readNodes(stated, inputs, context)
  const outputs = readOutputs(graph.get('outputs'), context)
  const metadata = readTexts(valueOr(graph, 'metadata', new Map()))
  checkThatAllAreUsed(context)
  checkBudget({ inputs, nodes, outputs }, limits)
  return { inputs, nodes, outputs, metadata }
}

/** The value of an optional key. null does not count as missing. */
function valueOr(object, key, otherwise) {
  return object.has(key) ? object.get(key) : otherwise
}

/** Checks that a value is a list, and the number of its parts. */
function checkParts(list, field, least, most) {
  const { length } = checkList(list, field)
  if (length < least || length > most) refuse(field, `must have ${least === most ? least : `${least} or ${most}`} parts`)
  return list
}

function readInputs(list, context) {
  return checkList(list, 'graph.inputs').map((item, index) => {
    const input = readInput(item, `graph.inputs[${index}]`)
    addValue(context, input)
    return input
  })
}

/** A third item means that an input has bits. */
function readInput(item, field) {
  const [name, shape, ...rest] = checkParts(item, field, 2, 3)
  if (rest.length > 0 && rest[0] !== 'bit') refuse(`${field}.dtype`, 'must be bit, or be left out')
  const type = rest.length > 0 ? 'bit' : 'float32'
  checkName(name, `${field}.name`)
  checkShape(shape, `${field}.shape`)
  return { name, type, shape: checkElements(shape, fieldOf(name)) }
}

/** Adds a value for the nodes after it. Inputs and nodes share one set of names. */
function addValue({ values }, value) {
  if (values.has(value.name)) refuse(fieldOf(value.name), 'has a name that is taken')
  values.set(value.name, value)
}

function fieldOf(name) {
  return `graph.nodes['${name}']`
}

function readNodes(list, inputs, context) {
  let previous = inputs.at(-1)
  return list.map((item, index) => {
    previous = readNode(item, previous, context, `graph.nodes[${index}]`)
    addValue(context, previous)
    return previous
  })
}

function readNode(item, previous, context, place) {
  const [name, op, details = new Map()] = checkParts(item, place, 2, 3)
  checkName(name, `${place}.name`)
  const operation = operations.get(op) ?? refuse(`${place}.op`, 'is not known')
  const field = fieldOf(name)
  checkObject(details, `${place}.attributes`)
  checkKeys(details, field, [], ['inputs', 'tensors', ...Object.keys(operation.attributes)])
  const attributes = readAttributes(operation.attributes, details, field)
  const inputs = readNodeInputs(operation, details, previous, context, place, field)
  const tensors = readNodeTensors(operation, details, name, context, place)
  const node = { name, op, operation, attributes, inputs, tensors, field }
  return { ...node, ...inferOutput(node) }
}

/** Type and shape of a node's output. */
function inferOutput(node) {
  const output = node.operation.infer(node)
  checkElements(checkShape(output.shape, `${node.field}.shape`), node.field)
  return output
}

function readNodeInputs(operation, details, previous, { values }, place, field) {
  const inputs = details.has('inputs') ? namedInputs() : impliedInputs(operation, previous)
  checkInputTypes(operation, inputs, `${field}.inputs`)
  return inputs

  function namedInputs() {
    const names = checkList(details.get('inputs'), `${place}.inputs`).map((name) => checkName(name, `${place}.inputs`))
    return names.map((name) => values.get(name) ?? refuse(`${field}.inputs`, `${name} is no input and no earlier node`))
  }
}

/** Without `inputs`, a node whose op has inputs reads one: the value before it. */
function impliedInputs(operation, previous) {
  return operation.inputs.length > 0 && previous !== undefined ? [previous] : []
}

function checkInputTypes({ inputs: types, repeatsLast }, inputs, field) {
  const tooMany = inputs.length > types.length && !repeatsLast
  if (inputs.length < types.length || tooMany) refuse(field, `has ${inputs.length} values, but the op takes ${types.length}`)
  for (const [index, input] of inputs.entries()) {
    const allowed = types[index] ?? types.at(-1)
    if (!allowed.includes(input.type)) refuse(field, `${input.name} is ${input.type}, but must be ${allowed.join(' or ')}`)
  }
}

function readNodeTensors(operation, details, nodeName, context, place) {
  const named = checkObject(valueOr(details, 'tensors', new Map()), `${place}.tensors`)
  checkKeys(named, `${place}.tensors`, [], Object.keys(operation.tensors))
  const bind = ([role, kind]) => {
    const name = tensorName(role, named, nodeName, context, `${place}.tensors.${role}`)
    return [role, bindTensor(role, kind, name, context, `${fieldOf(nodeName)}.tensors.${role}`)]
  }
  return Object.fromEntries(Object.entries(operation.tensors).map(bind))
}

/** The name of a role's tensor: the stated one, otherwise `NODE.ROLE` if it exists. Null means no tensor. */
function tensorName(role, named, nodeName, { tensors }, field) {
  if (named.has(role)) return named.get(role) === null ? null : checkName(named.get(role), field)
  return tensors.has(`${nodeName}.${role}`) ? `${nodeName}.${role}` : null
}

function bindTensor(role, kind, name, { tensors, used }, field) {
  if (name === null) return kind.optional ? undefined : refuse(field, 'is missing')
  const tensor = tensors.get(name) ?? refuse(field, `the file has no tensor ${name}`)
  if (!kind.types.includes(tensor.type)) refuse(field, `${name} is ${tensor.type}, but must be ${kind.types.join(' or ')}`)
  checkRole(role, name, tensor)
  used.add(name)
  return tensor
}

function readOutputs(list, { values }) {
  const outputs = new Map()
  for (const [index, item] of checkList(list, 'graph.outputs').entries()) {
    const field = `graph.outputs[${index}]`
    const [name, valueName] = checkParts(item, field, 2, 2)
    if (outputs.has(checkName(name, `${field}.name`))) refuse(`${field}.name`, `the name ${name} is taken`)
    const value = values.get(checkName(valueName, `${field}.value`)) ?? refuse(`${field}.value`, `there is no value ${valueName}`)
    outputs.set(name, { name, value })
  }
  if (outputs.size === 0) refuse('graph.outputs', 'must be one at least')
  return [...outputs.values()]
}

function readTexts(metadata) {
  for (const [key, text] of checkObject(metadata, 'graph.metadata')) {
    if (typeof text !== 'string') refuse(`graph.metadata.${key}`, 'must be a text')
  }
  return Object.fromEntries(metadata)
}

function checkThatAllAreUsed({ tensors, used }) {
  for (const name of tensors.keys()) if (!used.has(name)) refuse(name, 'no node uses this tensor')
}
