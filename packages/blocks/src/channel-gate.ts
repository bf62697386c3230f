/**
 * The data-driven channel gate: one factor between 0 and 1 per image and output channel, from the real input of the sign.
 *
 *   gate(x) = sigmoid(W2 relu(W1 mean over rows and columns of x)), W1 to in / r channels, W2 to out, no biases
 *
 * Martinez, Yang, Bulat, Tzimiropoulos: Real-to-Binary (ICLR 2020), arXiv 2003.11535, section 4.3 and figure 1.
 */
import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { channelsOf } from './convolution-parts.ts'

export const GATE_INITIALIZERS = ['he-normal', 'glorot-uniform'] as const
export type GateInitializer = (typeof GATE_INITIALIZERS)[number]

const initializerOf = {
  'he-normal': () => initializers.heNormal({}),
  'glorot-uniform': () => initializers.glorotUniform({}),
} as const

export interface ChannelGateOptions {
  /** r; the hidden layer has in / r channels, at least one. */
  readonly ratio: number
  /** @default 'he-normal' */
  readonly initializer?: GateInitializer
  /** Biases in both dense layers, as in BNext. @default false */
  readonly useBias?: boolean
}

const OPTIONS: ValueRules<keyof ChannelGateOptions> = {
  ratio: rules.number({ minimum: Number.MIN_VALUE }),
  initializer: rules.oneOf(GATE_INITIALIZERS),
  useBias: rules.boolean,
}

/** @param source The input of the gate. In Real-to-Binary it is the BatchNorm's output, not the convolution's. */
export function channelGate(
  value: SymbolicTensor,
  source: SymbolicTensor,
  name: string,
  options: ChannelGateOptions,
): SymbolicTensor {
  checkArguments('channelGate()', {
    value: [value, rules.symbolicTensor],
    source: [source, rules.symbolicTensor],
    name: [name, rules.layerName],
  })
  const { ratio, initializer = 'he-normal', useBias = false } = checkOptions('channelGate()', options, OPTIONS, ['ratio'])
  const hidden = Math.max(1, Math.floor(channelsOf(source) / ratio))
  const outputs = channelsOf(value)
  const dense = (part: string, units: number, activation: 'relu' | 'sigmoid') =>
    layers.dense({ name: `${name}.${part}`, units, useBias, activation, kernelInitializer: initializerOf[initializer]() })
  const pooled = layers.globalAveragePooling2d({ name: `${name}.mean` }).apply(source)
  const excited = dense('excite', outputs, 'sigmoid').apply(dense('squeeze', hidden, 'relu').apply(pooled))
  const gate = layers.reshape({ name: `${name}.gate`, targetShape: [1, 1, outputs] }).apply(excited) as SymbolicTensor
  return layers.multiply({ name }).apply([value, gate]) as SymbolicTensor
}
