/**
 * Reads a graph from the bytes of a model file. The file may come from a stranger, so the reader checks sizes, offsets, shapes, ops,
 * attributes and the checksum before it copies anything, and then the numbers themselves.
 */

import { FileError, GraphError } from '../errors.ts'
import { type AnyNode, elementCount, type Graph, type GraphTensor } from '../graph/graph.ts'
import { inferTypes, packedLength } from '../graph/infer-types.ts'
import { completeAttributes, type OpDefinition } from '../graph/ops/definition.ts'
import { OPS } from '../graph/ops/index.ts'
import type { TypedGraph } from '../graph/typed-graph.ts'
import { describeValue } from '../options/describe-value.ts'
import { bytesOf } from '../platform/realms.ts'
import { encodeUtf8 } from '../text/utf8.ts'
import { findBadValues } from './check-values.ts'
import { FORMAT, METADATA_KEYS, VERSION } from './format.ts'
import { type GraphDocument, graphFromJson } from './graph-from-json.ts'
import { impliedBitShape } from './graph-to-json.ts'
import { checkBudget, checkedLimits, checkLimit, type ModelLimits } from './model-limits.ts'
import { DOWNLOAD_AGAIN, refuse } from './refuse.ts'
import { type Container, readSafetensors, type StoredTensor } from './safetensors.ts'
import { sha256 } from './sha256.ts'

/** True if this processor stores floats in the byte order of the file. */
const LITTLE_ENDIAN = new Uint8Array(Float32Array.of(1).buffer)[3] === 0x3f

function checkFormat({ metadata, data }: Container): void {
  for (const key of METADATA_KEYS) {
    if (!Object.hasOwn(metadata, key)) {
      refuse(`__metadata__.${key}`, {
        what: `The file is safetensors but no Onebit model: its metadata has no '${key}'.`,
        fix: 'Write it with `onebit freeze`.',
      })
    }
  }
  const { format, version, graph, sha256: expected } = metadata
  if (format !== FORMAT) {
    refuse('__metadata__.format', { what: 'The file is of another format.', expected: `'${FORMAT}'`, received: `'${format}'` })
  }
  if (!/^[1-9][0-9]{0,8}$/.test(version)) {
    refuse('__metadata__.version', { what: 'The format version is not a number.', received: `'${version}'` })
  }
  if (Number(version) > VERSION) {
    refuse('__metadata__.version', {
      what: `The file has format version ${version}.`,
      expected: `at most ${VERSION}`,
      fix: 'A newer Onebit wrote it: update Onebit.',
    })
  }
  for (const key of Object.keys(metadata)) {
    if (!METADATA_KEYS.includes(key)) refuse(`__metadata__.${key}`, { what: `The metadata has an unknown key '${key}'.` })
  }
  const received = sha256(encodeUtf8(graph), data)
  if (expected !== received) {
    refuse('__metadata__.sha256', {
      what: 'The file is damaged: its checksum does not match.',
      expected: `sha256 ${expected.slice(0, 64)}`,
      received,
      fix: DOWNLOAD_AGAIN,
    })
  }
}

/** The graph tensor as a view of the file. Type, shape and length are right, but its `data` must not be read as numbers. */
function viewTensor(
  name: string,
  { dtype, shape, begin, end }: StoredTensor,
  bits: GraphDocument['bits'],
  data: Uint8Array,
): GraphTensor {
  if (dtype === 'F32') {
    if (bits.has(name))
      refuse(`graph.bits.${name}`, { what: `tensor '${name}' does not hold bits.`, expected: 'U8', received: dtype })
    return { dtype: 'float32', shape, data: { length: (end - begin) / 4 } as Float32Array }
  }
  const stated = bits.get(name)
  if (stated && (shape.length !== 1 || packedLength(elementCount(stated)) !== shape[0])) {
    refuse(`graph.bits.${name}`, {
      what: `The bits of tensor '${name}' do not fit its place in the file.`,
      expected: `U8 [${packedLength(elementCount(stated))}]`,
      received: `U8 [${shape.join(', ')}]`,
    })
  }
  return { dtype: 'bit', shape: stated ?? impliedBitShape(shape), data: data.subarray(begin, end) }
}

/** Runs `check` and turns a GraphError into an error of the file. */
function namingNodes<Result>(check: () => Result): Result {
  try {
    return check()
  } catch (error) {
    if (!GraphError.isInstance(error)) throw error
    return refuse(error.node === undefined ? 'graph' : `graph.nodes['${error.node}']`, error.parts, { cause: error })
  }
}

/** The node with the attributes that the file leaves out. */
function withDefaults(node: AnyNode): AnyNode {
  return namingNodes(() => {
    const attributes = completeAttributes(node.name, node.op, OPS[node.op] as OpDefinition, { ...node.attributes })
    return { ...node, attributes } as AnyNode
  })
}

/** The numbers of a tensor, copied out of the file. */
function copyTensor(view: GraphTensor, { begin, end }: StoredTensor, data: Uint8Array): GraphTensor {
  // Not data.slice, which does not copy a Node Buffer.
  const bytes = new Uint8Array(end - begin)
  bytes.set(data.subarray(begin, end))
  if (view.dtype === 'bit') return { ...view, data: bytes }
  if (LITTLE_ENDIAN) return { ...view, data: new Float32Array(bytes.buffer) }
  const words = new DataView(bytes.buffer)
  const numbers = new Float32Array(bytes.length / 4)
  for (let i = 0; i < numbers.length; i++) numbers[i] = words.getFloat32(4 * i, true)
  return { ...view, data: numbers }
}

/**
 * @param given Limits of the model's cost. Limits that are left out have their defaults.
 * @throws FileError if `source` is not bytes; ModelFormatError naming the field, if the file breaks the format; LimitError naming the
 * limit, if the model costs more.
 */
export function readModel(source: Uint8Array | ArrayBuffer | SharedArrayBuffer, given?: Partial<ModelLimits>): Graph {
  return readTypedModel(source, given).graph
}

/**
 * The graph of a model file with its types, which validation has inferred.
 * @throws As `readModel` does.
 */
export function readTypedModel(source: Uint8Array | ArrayBuffer | SharedArrayBuffer, given?: Partial<ModelLimits>): TypedGraph {
  const bytes = bytesOf(source)
  if (!bytes) {
    const expected = 'a Uint8Array or an ArrayBuffer'
    throw new FileError({ what: 'These are not the bytes of a model.', expected, received: describeValue(source) })
  }
  const limits = checkedLimits(given)
  checkLimit('fileBytes', bytes.length, limits)
  const container = readSafetensors(bytes)
  checkFormat(container)
  const { tensors: stored, data } = container
  const { bits, ...document } = graphFromJson(container.metadata.graph, (name) => stored.has(name), limits)
  for (const name of bits.keys()) {
    if (!stored.has(name))
      refuse(`graph.bits.${name}`, { what: `The graph gives a shape to '${name}', which the file does not hold.` })
  }
  const used = new Set(document.nodes.flatMap(({ tensors }) => Object.values(tensors)))
  for (const name of stored.keys()) {
    if (!used.has(name)) refuse(name, { what: `No node uses tensor '${name}'.`, fix: 'Freeze the model again.' })
  }
  const views = new Map(Array.from(stored, ([name, entry]) => [name, viewTensor(name, entry, bits, data)]))
  const typed = { ...document, nodes: document.nodes.map(withDefaults), tensors: views }
  const types = namingNodes(() => inferTypes(typed))
  checkBudget(typed, types, limits)

  const tensors = new Map(Array.from(stored, ([name, entry]) => [name, copyTensor(views.get(name)!, entry, data)]))
  const bad = findBadValues({ nodes: typed.nodes, tensors })
  if (bad) refuse(bad.tensor, bad)
  return { graph: { ...typed, tensors }, types }
}
