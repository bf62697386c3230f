/**
 * The safetensors container: 8 bytes of header length (little-endian), a JSON header padded with spaces, then the data of all
 * tensors without gaps. https://huggingface.co/docs/safetensors
 */

import { elementCount, formatShape } from '../graph/graph.ts'
import { LONGEST_NAME, MOST_AXES } from '../graph/limits.ts'
import { describeValue } from '../options/describe-value.ts'
import { decodeUtf8, encodeUtf8 } from '../text/utf8.ts'
import { refuseForeign } from './foreign-format.ts'
import { DOWNLOAD_AGAIN, grouped, refuse } from './refuse.ts'
import { asShape, isJsonObject, type Json, parseStrictJson } from './strict-json.ts'

/** The two element types that a model file uses, and their bytes. */
const ITEM_SIZE = { F32: 4, U8: 1 } as const
const METADATA = '__metadata__'
const PREFIX = 8
/** The format's own bound on headers. */
export const LONGEST_HEADER = 100_000_000

export interface StoredTensor {
  readonly dtype: keyof typeof ITEM_SIZE
  readonly shape: readonly number[]
  /** First and one past the last byte, counted from the start of the data. */
  readonly begin: number
  readonly end: number
}

export interface Container {
  readonly metadata: Readonly<Record<string, string>>
  /** In the order of their data. */
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly data: Uint8Array
}

/** The length prefix and the header, padded so that the data starts at a multiple of 8. */
export function safetensorsHeader({ metadata, tensors }: Omit<Container, 'data'>): Uint8Array {
  const table = Array.from(tensors, ([name, { dtype, shape, begin, end }]) => [
    name,
    { dtype, shape, data_offsets: [begin, end] },
  ])
  const json = encodeUtf8(JSON.stringify(Object.fromEntries([[METADATA, metadata], ...table])))
  const length = Math.ceil(json.length / 8) * 8
  const header = new Uint8Array(PREFIX + length).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true)
  header.set(json, PREFIX)
  return header
}

function readHeader(bytes: Uint8Array): { header: Json; dataStart: number } {
  if (bytes.length < PREFIX) {
    refuse('header length', {
      what: `The file has ${bytes.length} bytes, too few for a model file.`,
      fix: bytes.length === 0 ? 'The file is empty. Download or copy it again.' : DOWNLOAD_AGAIN,
    })
  }
  refuseForeign(bytes)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, PREFIX).getBigUint64(0, true))
  if (length < 2 || length > LONGEST_HEADER) {
    refuse('header length', {
      what: 'The file does not start with the length of a safetensors header.',
      expected: `2 to ${grouped(LONGEST_HEADER)} bytes`,
      received: grouped(length),
      fix: 'Check that this is a model file, and not, say, an error page of a server.',
    })
  }
  const dataStart = PREFIX + length
  if (dataStart > bytes.length) {
    refuse('header length', {
      what: `The header ends at byte ${grouped(dataStart)} but the file has ${grouped(bytes.length)}.`,
      fix: `The file is cut short. ${DOWNLOAD_AGAIN}`,
    })
  }
  let text: string
  try {
    text = decodeUtf8(bytes.subarray(PREFIX, dataStart))
  } catch (error) {
    return refuse('header', { what: 'The header is not valid UTF-8.', fix: DOWNLOAD_AGAIN }, { cause: error })
  }
  if (!text.startsWith('{')) refuse('header', { what: "The header does not start with '{'.", fix: DOWNLOAD_AGAIN })
  return { header: parseStrictJson(text, 'header'), dataStart }
}

function readTensor(name: string, value: Json): StoredTensor {
  if (name === '' || name.length > LONGEST_NAME) {
    const shown = describeValue(name)
    return refuse('header', { what: `No tensor has the name ${shown}.`, expected: `1 to ${LONGEST_NAME} characters` })
  }
  const title = `tensor '${name}'`
  if (!isJsonObject(value)) return refuse(name, { what: `The entry of ${title} is not an object.` })
  for (const key of Object.keys(value)) {
    if (!['dtype', 'shape', 'data_offsets'].includes(key))
      refuse(`${name}.${key}`, { what: `${title} has an unknown key '${key}'.` })
  }
  const { dtype, data_offsets: offsets } = value
  if (dtype !== 'F32' && dtype !== 'U8') {
    return refuse(`${name}.dtype`, {
      what: `${title} has an unknown element type.`,
      expected: "'F32' or 'U8'",
      received: describeValue(dtype),
    })
  }
  const shape = asShape(value.shape)
  if (!shape) {
    return refuse(`${name}.shape`, {
      what: `${title} has a bad shape.`,
      expected: `a list of up to ${MOST_AXES} positive integers`,
      received: describeValue(value.shape),
    })
  }
  if (dtype === 'U8' && shape.length === 0) {
    return refuse(`${name}.shape`, { what: `${title} of bits has no axis.`, expected: 'at least one axis', received: '[]' })
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((at) => Number.isSafeInteger(at) && at >= 0)) {
    return refuse(`${name}.data_offsets`, {
      what: `${title} has bad data offsets.`,
      expected: '[begin, end] in bytes',
      received: describeValue(offsets),
    })
  }
  const [begin, end] = offsets as readonly number[]
  const size = elementCount(shape) * ITEM_SIZE[dtype]
  if (end - begin !== size) {
    refuse(`${name}.data_offsets`, {
      what: `${title} does not fill its place in the file.`,
      expected: `${grouped(size)} bytes for ${dtype} ${formatShape(shape)}`,
      received: grouped(end - begin),
    })
  }
  return { dtype, shape, begin, end }
}

/** Throws unless the tensors, in order, fill the data without gaps or overlaps. */
function checkLayout(tensors: ReadonlyMap<string, StoredTensor>, dataStart: number, fileSize: number): void {
  let at = 0
  for (const [name, { begin, end }] of tensors) {
    if (begin !== at) {
      refuse(`${name}.data_offsets`, {
        what: `tensor '${name}' ${begin < at ? 'overlaps the one before it' : 'leaves a gap before it'}.`,
        expected: `data from byte ${grouped(at)} on`,
        received: `from ${grouped(begin)} on`,
      })
    }
    if (dataStart + end > fileSize) {
      refuse(`${name}.data_offsets`, {
        what: `tensor '${name}' ends at byte ${grouped(dataStart + end)} but the file has ${grouped(fileSize)}.`,
        fix: `The file is cut short. ${DOWNLOAD_AGAIN}`,
      })
    }
    at = end
  }
  if (dataStart + at !== fileSize) {
    refuse('data', {
      what: 'The file goes on after its last tensor.',
      expected: `${grouped(dataStart + at)} bytes`,
      received: grouped(fileSize),
      fix: DOWNLOAD_AGAIN,
    })
  }
}

/**
 * The checked parts of a container; `data` is a view of `bytes`.
 * @throws ModelFormatError naming the field, on anything that the format or the sizes do not allow.
 */
export function readSafetensors(bytes: Uint8Array): Container {
  const { header, dataStart } = readHeader(bytes)
  const { [METADATA]: given, ...table } = header as Readonly<Record<string, Json>>
  if (!isJsonObject(given))
    return refuse(METADATA, { what: 'The file has no metadata.', expected: "a record of strings under '__metadata__'" })
  for (const [key, value] of Object.entries(given)) {
    if (typeof value !== 'string') refuse(`${METADATA}.${key}`, { what: `The metadata '${key}' is not a string.` })
  }
  const tensors = new Map(
    Object.entries(table)
      .map(([name, value]) => [name, readTensor(name, value)] as const)
      .sort(([, a], [, b]) => a.begin - b.begin),
  )
  checkLayout(tensors, dataStart, bytes.length)
  return { metadata: given as Readonly<Record<string, string>>, tensors, data: bytes.subarray(dataStart) }
}
