/**
 * The files of CIFAR. A binary file has records of one label byte (in CIFAR-100 the coarse label, then the fine one) and 3,072
 * pixel bytes. A Python file is a pickled dictionary with `data`, an array `[count, 3072]` of unsigned bytes, and lists of
 * labels. In both, an image is its red plane, then green, then blue, each 32x32 in row-major order.
 */
import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { DataError } from '../data-error.ts'
import type { Pickled } from './pickled-array.ts'
import { unpickle } from './unpickle.ts'

/** The labels to read. CIFAR-10 only has `labels`. */
export type CifarLabels = 'labels' | 'fine' | 'coarse'

/** The content of one file. */
export interface CifarPart {
  /** `[count, 32, 32, 3]` in row-major order. */
  images: Uint8Array<ArrayBuffer>
  /** `[count]`, each below `classCount`. */
  labels: Uint8Array<ArrayBuffer>
  count: number
}

export interface CifarReadOptions {
  labels: CifarLabels
  /** All labels are below this number. */
  classCount: number
}

const OPTIONS: ValueRules<keyof CifarReadOptions> = {
  labels: rules.oneOf(['labels', 'fine', 'coarse']),
  classCount: rules.integer({ minimum: 1, maximum: 256 }),
}

function checkRead(where: string, bytes: Uint8Array, name: string, options: CifarReadOptions): void {
  checkArguments(where, { bytes: [bytes, argument.bytes], name: [name, rules.text] })
  checkOptions(where, options, OPTIONS, ['labels', 'classCount'])
}

const PLANE = 32 * 32
const IMAGE = 3 * PLANE

/** Reads a file of the binary version. Throws `DataError` with reason `truncated` or `label-range`, naming the file. */
export function readCifarBinary(bytes: Uint8Array<ArrayBuffer>, name: string, options: CifarReadOptions): CifarPart {
  checkRead('readCifarBinary()', bytes, name, options)
  const header = options.labels === 'labels' ? 1 : 2
  const record = header + IMAGE
  const count = Math.floor(bytes.length / record)
  if (count * record !== bytes.length || count === 0) {
    throw new DataError({
      reason: 'truncated',
      file: name,
      what: `'${name}' ends within a record, or belongs to another version of CIFAR.`,
      expected: `a multiple of ${record} bytes`,
      received: `${bytes.length} bytes`,
      fix: 'Get the file again.',
    })
  }
  const labelAt = options.labels === 'fine' ? 1 : 0
  const images = new Uint8Array(count * IMAGE)
  const labels = new Uint8Array(count)
  for (let index = 0; index < count; index++) {
    labels[index] = bytes[index * record + labelAt]
    interleave(bytes, index * record + header, images, index * IMAGE)
  }
  requireLabels(labels, name, options.classCount)
  return { images, labels, count }
}

/**
 * Reads a file of the Python version, without executing code from it.
 * Throws `DataError` with reason `pickle`, `truncated`, `dimensions`, `count-mismatch` or `label-range`, naming the file.
 */
export function readCifarPickle(bytes: Uint8Array<ArrayBuffer>, name: string, options: CifarReadOptions): CifarPart {
  checkRead('readCifarPickle()', bytes, name, options)
  const key = options.labels === 'labels' ? 'labels' : `${options.labels}_labels`
  const content = dictionary(bytes, name)
  const array = content.get('data')
  if (!isByteArray(array) || array.shape.length !== 2 || array.shape[1] !== IMAGE) {
    throw new DataError({
      reason: 'dimensions',
      file: name,
      what: `'${name}' has no images of CIFAR under 'data'.`,
      expected: `an array [count, ${IMAGE}] of unsigned bytes`,
      received: isByteArray(array) ? `[${array.shape.join(', ')}]` : `keys ${[...content.keys()].join(', ')}`,
    })
  }
  const [count] = array.shape
  const values = content.get(key)
  if (!Array.isArray(values) || values.length !== count) {
    throw new DataError({
      reason: 'count-mismatch',
      file: name,
      what: `The images and labels of '${name}' do not belong together.`,
      expected: `${count} values under '${key}'`,
      received: Array.isArray(values) ? `${values.length} values` : `keys ${[...content.keys()].join(', ')}`,
      fix: 'Get the file again.',
    })
  }
  requireLabels(values, name, options.classCount)
  const images = new Uint8Array(count * IMAGE)
  for (let index = 0; index < count; index++) interleave(array.data, index * IMAGE, images, index * IMAGE)
  return { images, labels: Uint8Array.from(values as number[]), count }
}

/** The names of the classes in a text file, one per line. Throws `DataError` with reason `count-mismatch`. */
export function readCifarNames(bytes: Uint8Array<ArrayBuffer>, name: string, classCount: number): string[] {
  const lines = new TextDecoder().decode(bytes).split('\n')
  return requireNames(lines.map((line) => line.trim()).filter(Boolean), name, classCount)
}

/** The names of the classes under a key of a pickled dictionary. Throws the `DataError`s of `readCifarPickle`. */
export function readPickledNames(bytes: Uint8Array<ArrayBuffer>, name: string, key: string, classCount: number): string[] {
  return requireNames(dictionary(bytes, name).get(key), name, classCount)
}

function requireNames(names: Pickled | undefined, file: string, classCount: number): string[] {
  const strings = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
  if (strings.length === classCount) return strings
  throw new DataError({
    reason: 'count-mismatch',
    file,
    what: `'${file}' does not name the classes of this data set.`,
    expected: `${classCount} names`,
    received: `${strings.length}`,
    fix: 'Get the file again.',
  })
}

function dictionary(bytes: Uint8Array<ArrayBuffer>, name: string): Map<string, Pickled> {
  const content = unpickle(bytes, name)
  if (content instanceof Map) return content
  throw new DataError({
    reason: 'pickle',
    file: name,
    what: `The pickle file '${name}' does not belong to CIFAR.`,
    expected: 'a dictionary',
    received: Array.isArray(content) ? 'a list' : typeof content,
  })
}

const isByteArray = (value: Pickled | undefined) =>
  typeof value === 'object' && value !== null && 'shape' in value && 'data' in value

function requireLabels(labels: ArrayLike<unknown>, name: string, classCount: number): void {
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]
    if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < classCount) continue
    throw new DataError({
      reason: 'label-range',
      file: name,
      what: `Label ${index} of '${name}' is not a class of this data set.`,
      expected: `0 to ${classCount - 1}`,
      received: `${label}`,
      fix: 'Check that the file belongs to this data set, not to the other CIFAR.',
    })
  }
}

/** Interleaves the planes to red, green and blue of each pixel. */
function interleave(planes: Uint8Array, start: number, images: Uint8Array, target: number): void {
  for (let channel = 0; channel < 3; channel++) {
    let source = start + channel * PLANE
    for (let pixel = target + channel; pixel < target + IMAGE; pixel += 3) images[pixel] = planes[source++]
  }
}
