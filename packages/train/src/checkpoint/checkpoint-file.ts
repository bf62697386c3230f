/**
 * The file of a checkpoint: a safetensors container, so any reader of that format opens it.
 *
 *   8 bytes of header length, a JSON header, then the data of all tensors (float32, little-endian) without gaps
 *
 * The header's `__metadata__` holds `onebit: 'checkpoint-1'`, `state` (JSON text) and `sha256`, the digest of state, tensor table and
 * data. https://huggingface.co/docs/safetensors
 */
import { createHash } from 'node:crypto'
import { checkArguments, rules, tagOf } from '@onebit/core'
import type { Values } from '../model/weight-values.ts'
import { CheckpointError } from './checkpoint-error.ts'

export interface CheckpointContent<State> {
  readonly state: State
  readonly tensors: ReadonlyMap<string, Values>
}

interface TensorEntry {
  readonly dtype: 'F32'
  readonly shape: readonly number[]
  readonly data_offsets: readonly [begin: number, end: number]
}

const FORMAT = 'checkpoint-1'
const PREFIX = 8

function digest(state: string, table: Readonly<Record<string, TensorEntry>>, data: Uint8Array): string {
  return createHash('sha256').update(state).update('\0').update(JSON.stringify(table)).update(data).digest('hex')
}

export function encodeCheckpoint<State>({ state, tensors }: CheckpointContent<State>): Uint8Array {
  const table: Record<string, TensorEntry> = {}
  let end = 0
  for (const [name, { shape, data }] of tensors) {
    table[name] = { dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] }
    end += data.byteLength
  }
  const data = new Uint8Array(end)
  for (const [name, { data: values }] of tensors) {
    data.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), table[name].data_offsets[0])
  }
  const text = JSON.stringify(state)
  const metadata = { onebit: FORMAT, sha256: digest(text, table, data), state: text }
  const json = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...table }))
  const length = Math.ceil(json.length / 8) * 8
  const file = new Uint8Array(PREFIX + length + data.length).fill(0x20, PREFIX, PREFIX + length)
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true)
  file.set(json, PREFIX)
  file.set(data, PREFIX + length)
  return file
}

interface Header {
  readonly __metadata__: { readonly onebit: string; readonly sha256: string; readonly state: string }
}

const { integer, list, object, oneOf, record, text } = rules
const place = integer({ minimum: 0 })
const metadataRule = object({ onebit: text, sha256: text, state: text })
const tableRule = record(object({ dtype: oneOf(['F32']), shape: list(place), data_offsets: list(place, { minimum: 2 }) }))

function readHeader(
  bytes: Uint8Array,
  broken: (reason: string) => CheckpointError,
): Header & Readonly<Record<string, TensorEntry>> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw broken('its header cannot be read')
  }
  const { __metadata__: metadata, ...table } = (typeof header === 'object' && header !== null ? header : {}) as Partial<Header>
  if (metadataRule(metadata) || tableRule(table)) throw broken('its header is not that of a checkpoint')
  return header as Header & Readonly<Record<string, TensorEntry>>
}

/**
 * @param title The file's name in errors.
 * @throws CheckpointError if the file is not, byte for byte, what was written.
 */
export function decodeCheckpoint<State>(file: Uint8Array, title: string): CheckpointContent<State> {
  checkArguments('decodeCheckpoint()', {
    file: [file, rules.rule('a Uint8Array', (value) => tagOf(value) === 'Uint8Array')],
    title: [title, text],
  })
  const broken = (reason: string): CheckpointError =>
    new CheckpointError({ what: `The checkpoint '${title}' is damaged: ${reason}.` })
  if (file.length < PREFIX) throw broken(`it has ${file.length} bytes`)
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  if (length > file.length - PREFIX) throw broken('it is cut short')
  const { __metadata__: metadata, ...table } = readHeader(file.subarray(PREFIX, PREFIX + length), broken)
  if (metadata.onebit !== FORMAT) throw broken(`it is not of the format '${FORMAT}'`)
  const data = file.subarray(PREFIX + length)
  if (digest(metadata.state, table, data) !== metadata.sha256) throw broken('its checksum does not match its content')
  for (const [
    name,
    {
      shape,
      data_offsets: [begin, end],
    },
  ] of Object.entries(table)) {
    const size = shape.reduce((count, axis) => count * axis, Float32Array.BYTES_PER_ELEMENT)
    if (end - begin !== size || end > data.length) throw broken(`the tensor '${name}' does not fill its place`)
  }
  const tensors = new Map(
    Object.entries(table).map(([name, { shape, data_offsets }]) => {
      const [begin, end] = data_offsets
      // Copy the buffer: `slice` of a Node Buffer copies nothing.
      const bytes = data.buffer.slice(data.byteOffset + begin, data.byteOffset + end) as ArrayBuffer
      return [name, { shape, data: new Float32Array(bytes) }]
    }),
  )
  try {
    return { state: JSON.parse(metadata.state) as State, tensors }
  } catch {
    throw broken('its state cannot be read')
  }
}
