/** Checks arguments before their use. This package imports no other package of Onebit, so it has its own checks. */
import * as tf from '@tensorflow/tfjs-core'
import { KernelOptionError } from './errors.ts'

const brief = (value: unknown): string =>
  typeof value === 'object' && value !== null ? Object.prototype.toString.call(value).slice(8, -1) : String(value).slice(0, 80)

interface Check {
  readonly expected: string
  accepts(value: unknown): boolean
}

const MEMORIES: readonly unknown[] = ['shared', 'copied']
/** Options of `registerTrainingKernels`. */
const OPTIONS: Readonly<Record<string, Check>> = {
  wasm: {
    expected: 'an ArrayBuffer, or a view of one',
    accepts: (value) => ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === '[object ArrayBuffer]',
  },
  memory: { expected: "'shared' or 'copied'", accepts: (value) => MEMORIES.includes(value) },
  replaceStock: { expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
}

function refuse(what: string, expected: string, received: unknown): never {
  throw new KernelOptionError({ what, expected, received: brief(received) })
}

/** Throws `KernelOptionError` unless `options` is a record, and on an option that is unknown or wrong. */
export function checkOptions(options: unknown): void {
  const where = 'registerTrainingKernels()'
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuse(`${where} takes its options as a record.`, '{ name: value }', options)
  }
  for (const [name, value] of Object.entries(options as object)) {
    if (!Object.hasOwn(OPTIONS, name)) refuse(`${where} has no option '${name}'.`, Object.keys(OPTIONS).join(', '), value)
    const { expected, accepts } = OPTIONS[name]
    if (value !== undefined && !accepts(value)) refuse(`${where} refuses its option '${name}'.`, expected, value)
  }
}

/** Throws `KernelOptionError` unless the number lies in the range, ends included. */
export function checkNumber(where: string, name: string, value: unknown, least: number, most = Number.MAX_VALUE): void {
  if (typeof value === 'number' && value >= least && value <= most) return
  refuse(`${where} refuses its argument '${name}'.`, `a number from ${least} to ${most}`, value)
}

/** Throws `KernelOptionError` unless the value has a method of that name. */
export function checkMethod(where: string, name: string, value: unknown, method: string): void {
  if (typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function') return
  refuse(`${where} refuses its argument '${name}'.`, `an object with a method '${method}'`, value)
}

/** Throws `KernelOptionError` unless the value is a tensor, of the given shape or, without one, with at least one axis. */
export function checkTensor(where: string, name: string, value: unknown, shape?: readonly number[]): void {
  const isTensor = value instanceof tf.Tensor
  if (isTensor && (shape === undefined ? value.rank > 0 : tf.util.arraysEqual(value.shape, [...shape]))) return
  const expected = shape === undefined ? 'a tensor with axes' : `a tensor of [${shape.join(', ')}]`
  refuse(`${where} refuses its argument '${name}'.`, expected, isTensor ? `[${value.shape.join(', ')}]` : value)
}
