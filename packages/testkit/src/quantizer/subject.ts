/** One quantizer under test, with its options, for one target, and with variables as training may leave them. */
import type { AnyOptions, FrozenQuantizer, Quantizer, QuantizerContext, QuantizerTarget } from '@onebit/core'
import { checkFrozen } from '@onebit/core'
import { quantize } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import type { Random } from '../random/random.ts'

export const CHANNELS = 3

export interface Subject {
  readonly plugin: Quantizer
  readonly options: AnyOptions
  readonly target: QuantizerTarget
  /** Name in the cases. */
  readonly title: string
  /** True for the default options. Slow cases run only on these. */
  readonly isDefault: boolean
}

export type Variables = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>

/** The learned variables with their initial values, or moved at random by `spread` times their size (or 1), as training would. */
export function drawVariables({ plugin, options, target }: Subject, random: Random, spread: number): Variables {
  const declared = plugin.variables?.(options, { target, channels: CHANNELS }) ?? {}
  return Object.fromEntries(
    Object.entries(declared).map(([name, { shape, initial }]) => {
      const start = (): number => {
        if (typeof initial === 'number') return initial
        if ('uniform' in initial) return initial.uniform[0] + random.next() * (initial.uniform[1] - initial.uniform[0])
        return random.normal() * initial.normal
      }
      const count = shape.reduce((product, size) => product * size, 1)
      return [name, { shape, data: Float32Array.from({ length: count }, () => start() + random.normal() * spread) }]
    }),
  )
}

export function plainVariables(variables: Variables): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(variables).map(([name, { data }]) => [name, data]))
}

export function variableTensors(variables: Variables): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(variables).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]))
}

export interface Moment {
  readonly progress?: number
  readonly training?: boolean
  readonly seed?: number
}

export function contextOf({ target }: Subject, variables: Record<string, tf.Tensor>, moment: Moment): QuantizerContext {
  return { target, variables, progress: moment.progress ?? 1, training: moment.training ?? false, seed: moment.seed ?? 0 }
}

/** The quantizer's output for values in rows of CHANNELS. */
export async function applyTo(
  subject: Subject,
  values: Float32Array,
  variables: Variables,
  moment: Moment = {},
): Promise<Float32Array> {
  const output = tf.tidy(() => {
    const x = tf.tensor(values, [values.length / CHANNELS, CHANNELS])
    return quantize(x, subject, contextOf(subject, variableTensors(variables), moment))
  })
  const data = (await output.data()) as Float32Array
  output.dispose()
  return data
}

export interface Gradients {
  readonly x: Float32Array
  readonly variables: Readonly<Record<string, Float32Array>>
}

/** The gradients of the values and the variables, given the gradient of the output. */
export async function backpropagate(
  subject: Subject,
  values: Float32Array,
  upstream: Float32Array,
  variables: Variables,
  moment: Moment = { training: true },
): Promise<Gradients> {
  const names = Object.keys(variables)
  const gradients = tf.tidy(() => {
    const shape = [values.length / CHANNELS, CHANNELS]
    const tensors = variableTensors(variables)
    const run = (x: tf.Tensor, ...learned: tf.Tensor[]): tf.Tensor => {
      const byName = Object.fromEntries(names.map((name, index) => [name, learned[index]]))
      return quantize(x, subject, contextOf(subject, byName, moment))
    }
    const inputs = [tf.tensor(values, shape), ...names.map((name) => tensors[name])]
    return tf.grads(run)(inputs, tf.tensor(upstream, shape))
  })
  const [x, ...learned] = await Promise.all(gradients.map((gradient) => gradient.data() as Promise<Float32Array>))
  tf.dispose(gradients)
  return { x, variables: Object.fromEntries(names.map((name, index) => [name, learned[index]])) }
}

export function freezeSubject(subject: Subject, variables: Variables, weights?: Float32Array): FrozenQuantizer {
  const { plugin, options, target } = subject
  const frozen = plugin.freeze(options, { target, channels: CHANNELS, variables: plainVariables(variables), weights })
  checkFrozen(plugin.name, frozen, CHANNELS)
  return frozen
}

/** A value with enough digits to distinguish it from its neighbors. */
export function show(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
