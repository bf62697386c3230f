/**
 * IDX is the file format of MNIST and similar data sets: two zero bytes, a type code, the number of dimensions, each dimension as
 * a big-endian uint32, then the values in row-major order. Only type 08, unsigned bytes, is supported.
 */
import { checkArguments, rules } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { DataError } from './data-error.ts'
import { gunzip, isGzip } from './gunzip.ts'

/** The content of an IDX file of unsigned bytes. */
export interface Idx {
  /** The dimensions, outermost first; each at least 1. */
  shape: number[]
  /** The values in row-major order, as a view of the file's content after its header. */
  data: Uint8Array<ArrayBuffer>
}

const typeNames = new Map([
  [0x08, 'unsigned bytes'],
  [0x09, 'signed bytes'],
  [0x0b, '16-bit integers'],
  [0x0c, '32-bit integers'],
  [0x0d, '32-bit floats'],
  [0x0e, '64-bit floats'],
])

const hexadecimal = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')

/**
 * Reads an IDX file, gzipped or not, and checks magic number, type code, dimensions and exact length. `name` is the file's name
 * in errors. The result may share memory with `bytes`.
 * Throws `DataError` with reason `magic`, `type`, `dimensions`, `truncated`, `oversized` (also if it inflates to more than 2^30
 * bytes) or `gzip`.
 */
export async function readIdx(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Idx> {
  checkArguments('readIdx()', { bytes: [bytes, argument.bytes], name: [name, rules.text] })
  return parseIdx(isGzip(bytes) ? await gunzip(bytes, name) : bytes, name)
}

function parseIdx(bytes: Uint8Array<ArrayBuffer>, name: string): Idx {
  const requireLength = (length: number, part: string): void => {
    if (bytes.length >= length) return
    throw new DataError({
      reason: 'truncated',
      file: name,
      what: `The IDX file '${name}' ends within its ${part}.`,
      expected: `${length} bytes`,
      received: `${bytes.length} bytes`,
      fix: 'Get the file again.',
    })
  }
  requireLength(4, 'magic number')
  const [first, second, type, rank] = bytes
  if (first !== 0 || second !== 0) {
    throw new DataError({
      reason: 'magic',
      file: name,
      what: `'${name}' is not an IDX file.`,
      expected: 'two zero bytes at the beginning',
      received: hexadecimal(bytes.subarray(0, 4)),
      fix: 'Pass an IDX file, gzipped or not.',
    })
  }
  if (type !== 0x08) {
    throw new DataError({
      reason: 'type',
      file: name,
      what: `The IDX file '${name}' holds values of another type.`,
      expected: 'type 08 (unsigned bytes)',
      received: `type ${hexadecimal(bytes.subarray(2, 3))} (${typeNames.get(type) ?? 'not an IDX type'})`,
      fix: 'Store images and labels as unsigned bytes.',
    })
  }
  const headerLength = 4 + 4 * rank
  requireLength(headerLength, 'header')
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerLength)
  const shape = Array.from({ length: rank }, (_, dimension) => view.getUint32(4 + 4 * dimension))
  if (rank === 0 || shape.includes(0)) {
    throw new DataError({
      reason: 'dimensions',
      file: name,
      what: `The IDX file '${name}' holds no values.`,
      expected: 'one or more dimensions of at least 1',
      received: `dimensions [${shape.join(', ')}]`,
    })
  }
  const length = headerLength + shape.reduce((product, dimension) => product * dimension, 1)
  requireLength(length, `values of dimensions [${shape.join(', ')}]`)
  if (bytes.length > length) {
    throw new DataError({
      reason: 'oversized',
      file: name,
      what: `The IDX file '${name}' has data after its values of dimensions [${shape.join(', ')}].`,
      expected: `${length} bytes`,
      received: `${bytes.length} bytes`,
      fix: 'Get the file again.',
    })
  }
  return { shape, data: bytes.subarray(headerLength) }
}
