import { createHash } from 'node:crypto'
import { parseJson } from './json.mjs'
import { bounds, checkName, checkShape, elements } from './limits.mjs'
import { refuse } from './refuse.mjs'
import { checkKeys, checkObject } from './shapes-of-json.mjs'

const BYTES_OF = { F32: 4, U8: 1 }

/** Opens the safetensors container. Returns the text of the graph, and the stored tensors by name. */
export function readContainer(bytes) {
  const length = headerLength(bytes)
  const header = readHeader(bytes.subarray(8, 8 + length))
  const data = bytes.subarray(8 + length)
  const metadata = checkObject(header.get('__metadata__'), '__metadata__')
  header.delete('__metadata__')
  const stored = new Map([...header].map(([name, entry]) => [name, readEntry(name, entry)]))
  checkThatTheyFill(stored, data.length)
  checkMetadata(metadata, data)
  for (const tensor of stored.values()) tensor.bytes = data.subarray(tensor.begin, tensor.end)
  return { graphText: metadata.get('graph'), stored }
}

function headerLength(bytes) {
  if (bytes.length < 8) refuse('header length', 'needs 8 bytes')
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true))
  if (length < 2 || length > bounds.headerBytes) refuse('header length', `must be from 2 to ${bounds.headerBytes}`)
  if (8 + length > bytes.length) refuse('header length', 'is beyond the end of the file')
  return length
}

function readHeader(bytes) {
  if (bytes[0] !== '{'.charCodeAt(0)) refuse('header', 'must begin with {')
  return checkObject(parseJson(decodeUtf8(bytes), 'header'), 'header')
}

function decodeUtf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse('header', 'is not UTF-8')
  }
}

/** Checks the four texts of the metadata. */
function checkMetadata(metadata, data) {
  checkKeys(metadata, '__metadata__', ['format', 'version', 'graph', 'sha256'])
  for (const [key, text] of metadata) if (typeof text !== 'string') refuse(`__metadata__.${key}`, 'must be a text')
  if (metadata.get('format') !== 'onebit') refuse('__metadata__.format', 'must be onebit')
  if (metadata.get('version') !== '1') refuse('__metadata__.version', 'must be 1')
  checkSum(metadata.get('sha256'), metadata.get('graph'), data)
}

function checkSum(stated, graphText, data) {
  if (!/^[0-9a-f]{64}$/.test(stated)) refuse('__metadata__.sha256', 'must be 64 lower-case hexadecimal digits')
  const actual = createHash('sha256').update(graphText, 'utf8').update(data).digest('hex')
  if (actual !== stated) refuse('__metadata__.sha256', 'is not the checksum of the graph and the data')
}

function readEntry(name, entry) {
  checkName(name, 'header')
  checkKeys(entry, name, ['dtype', 'shape', 'data_offsets'])
  const dtype = entry.get('dtype')
  if (!Object.hasOwn(BYTES_OF, dtype)) refuse(`${name}.dtype`, 'must be F32 or U8')
  const shape = checkShape(entry.get('shape'), `${name}.shape`)
  if (dtype === 'U8' && shape.length === 0) refuse(`${name}.shape`, 'must have an axis')
  const [begin, end] = readOffsets(entry.get('data_offsets'), `${name}.data_offsets`)
  if (end - begin !== elements(shape) * BYTES_OF[dtype]) refuse(`${name}.data_offsets`, 'is not the size of the shape')
  return { dtype, shape, begin, end }
}

function readOffsets(offsets, field) {
  const isPair = Array.isArray(offsets) && offsets.length === 2
  if (!isPair || !offsets.every((offset) => Number.isSafeInteger(offset) && offset >= 0)) refuse(field, 'must be [begin, end]')
  return offsets
}

/** Checks that the tensors, sorted by their beginnings, fill the data without gaps. */
function checkThatTheyFill(stored, size) {
  let reached = 0
  for (const [name, tensor] of [...stored].sort(([, a], [, b]) => a.begin - b.begin)) {
    if (tensor.begin !== reached) refuse(`${name}.data_offsets`, 'leaves a gap or overlaps')
    if (tensor.end > size) refuse(`${name}.data_offsets`, 'is beyond the end of the file')
    reached = tensor.end
  }
  if (reached !== size) refuse('data', `has ${size} bytes, but the tensors ${reached}`)
}
