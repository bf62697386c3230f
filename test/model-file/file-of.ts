/** Model files written by hand, so that any part can have a value that no writer produces. */
import { createHash } from 'node:crypto'

export interface Stored {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

// biome-ignore lint/suspicious/noExplicitAny: what is broken has no type
export type Anything = any

export interface FileParts {
  /** The graph, or its text. */
  readonly graph: Anything
  readonly tensors?: Readonly<Record<string, Stored>>
  /** Changes the header before it becomes text. The checksum is for the unchanged graph and data. */
  readonly header?: (header: Anything) => void
  /** Changes the text of the header. */
  readonly text?: (text: string) => string
  /** Replaces the header's length. */
  readonly length?: bigint
  /** Changes the bytes of the whole file. */
  readonly bytes?: (bytes: Buffer) => Uint8Array
}

export const floats = (shape: readonly number[], values: readonly number[]): Stored => ({
  dtype: 'F32',
  shape,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
})

export const packed = (shape: readonly number[], bytes: readonly number[]): Stored => ({
  dtype: 'U8',
  shape,
  bytes: Uint8Array.from(bytes),
})

/** A file with a valid checksum, unless `header` changes it. */
export function fileOf({
  graph,
  tensors = {},
  header = () => {},
  text = (it) => it,
  length,
  bytes = (it) => it,
}: FileParts): Uint8Array {
  const graphText = typeof graph === 'string' ? graph : JSON.stringify(graph)
  const data = Buffer.concat(Object.values(tensors).map((tensor) => tensor.bytes))
  const sha256 = createHash('sha256').update(graphText, 'utf8').update(data).digest('hex')
  const entries: Anything = { __metadata__: { format: 'onebit', version: '1', graph: graphText, sha256 } }
  let end = 0
  for (const [name, tensor] of Object.entries(tensors)) {
    const begin = end
    end += tensor.bytes.length
    entries[name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] }
  }
  header(entries)
  const json = Buffer.from(text(JSON.stringify(entries)))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(length ?? BigInt(json.length))
  return Uint8Array.from(bytes(Buffer.concat([prefix, json, data])))
}
