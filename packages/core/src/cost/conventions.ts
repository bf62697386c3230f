/**
 * Counting conventions of papers, made of the raw counts. Each has one function of a node's counts and one of a network's
 * parameters, so another convention is one more entry.
 */

import { OptionError } from '../errors.ts'
import { elementCount } from '../graph/graph.ts'
import { checkArgument } from '../options/check-options.ts'
import { nearestNames } from '../options/nearest-names.ts'
import { anything, callback, number, object, record, text } from '../options/value-rules.ts'
import type { NodeCost } from '../work/node-cost.ts'
import type { ModelParameters, StoredParameters } from './model-parameters.ts'

/** Operations under some convention. */
export interface Operations {
  /** 1-bit operations: XNOR and popcount of one pair of bits. */
  readonly bops: number
  /** Operations on real numbers. */
  readonly flops: number
  /** `flops + bops / 64`, as a 64-bit machine does 64 one-bit operations in the time of one. */
  readonly ops: number
}

export interface Convention {
  readonly name: string
  /** One or two sentences on what it counts. */
  readonly description: string
  count(cost: NodeCost): { readonly bops: number; readonly flops: number }
  /** Without it, every stored number counts at 32 bits or 1, those of BatchNorm's running mean and variance too. */
  store?(parameters: ModelParameters): StoredParameters
}

const storeAll = ({ binary, normalization, real }: ModelParameters): StoredParameters => ({
  parameters: binary + normalization + real,
  memoryBits: binary + 32 * (normalization + real),
  floatMemoryBits: 32 * (binary + normalization + real),
})

/**
 * The default. A BOP is a multiply-accumulate of two bits. A FLOP is any other multiply-accumulate, 1-bit weights on real inputs
 * among them, or a real multiplication on its own: affines, PReLUs, gates, means. Additions and comparisons are free.
 */
export const STANDARD_CONVENTION: Convention = {
  name: 'standard',
  description: 'BOPs: multiply-accumulates of two bits. FLOPs: all other multiply-accumulates, and real multiplications.',
  count: ({ macs, multiplications }) => ({ bops: macs.binary, flops: macs.mixed + macs.real + multiplications }),
}

const isImage = ({ outputShape }: NodeCost): boolean => outputShape.length === 3

/** Inference keeps only BatchNorm's scale and shift. */
const storeAffine = ({ binary, normalizationChannels, real }: ModelParameters): StoredParameters => {
  const floats = real + 2 * normalizationChannels
  return { parameters: binary + floats, memoryBits: binary + 32 * floats, floatMemoryBits: 32 * (binary + floats) }
}

/** Numbers of normalization per channel of each width in table 3 of Bi-Real Net, as if four convolutions had three each. */
const NORMALIZATION_OF_TABLE_3 = 12

/**
 * Memory of Bi-Real Net's table 3. Its six figures and four ratios leave 11,520 numbers to normalization, for 18 and for 34 layers. So
 * these numbers do not grow with depth. We infer that there are 12 per channel of each distinct width, 960 channels in all. The count
 * of parameters stays that of the network, as the table prints none.
 */
const storeTable3 = (all: ModelParameters, scales = 0): StoredParameters => {
  const floats = all.real + NORMALIZATION_OF_TABLE_3 * all.distinctWidths
  return {
    parameters: storeAffine(all).parameters,
    memoryBits: all.binary + 32 * (floats + scales),
    floatMemoryBits: 32 * (all.binary + floats),
  }
}

/** Liu et al.: Bi-Real Net, arXiv 1808.00278, section 4.4 and table 3. */
const biReal: Convention = {
  name: 'bi-real',
  description:
    'BOPs and FLOPs: multiply-accumulates of convolutions and dense layers only. Memory: 32 bits per real number and 1 bit per binary one; for BatchNorm, 12 numbers per channel of each distinct width.',
  count: ({ macs }) => ({ bops: macs.binary, flops: macs.mixed + macs.real }),
  store: (parameters) => storeTable3(parameters),
}

/**
 * Rastegari et al.: XNOR-Net, arXiv 1603.05279, as Bi-Real Net (arXiv 1808.00278, table 3) counts it. We infer that the scales take two
 * multiplications per output, because this gives every printed figure.
 */
const xnor: Convention = {
  name: 'xnor',
  description:
    "Like 'bi-real', plus two real multiplications per output of a binary layer, for the scales K and alpha. Memory: also one alpha per binary channel.",
  count: ({ macs, outputShape }) => ({
    bops: macs.binary,
    flops: macs.mixed + macs.real + (macs.binary > 0 ? 2 * elementCount(outputShape) : 0),
  }),
  store: (parameters) => storeTable3(parameters, parameters.binaryChannels),
}

/**
 * Martinez et al.: Real-to-Binary, arXiv 2003.11535, table 1. These rules reproduce the printed figures of the real network, the double
 * skip, Bi-Real Net (there the strong baseline) and the method. They leave out products with gates, sigmoids and vectors.
 */
const realToBinary: Convention = {
  name: 'real-to-binary',
  description:
    'FLOPs: multiply-accumulates. On feature maps also one per value for scales, signs and sums, two per value for BatchNorm, ReLU and PReLU, one per averaged value, and one per comparison of a max pooling after the first.',
  count: (cost) => {
    const { op, macs, multiplications, additions, comparisons, outputShape } = cost
    const count = elementCount(outputShape)
    const base = macs.mixed + macs.real
    const extra = (): number => {
      if (op === 'mean') return additions
      if (!isImage(cost)) return 0
      if (op === 'affine') return multiplications + additions
      if (op === 'prelu') return 2 * count
      if (op === 'activation') return comparisons > 0 ? 2 * count : 0
      if (op === 'threshold' || op === 'add') return count
      if (op === 'maxPool') return comparisons - count
      return op === 'averagePool' ? additions : 0
    }
    return { bops: macs.binary, flops: base + extra() }
  },
}

/**
 * Geiger et al.: Larq (Journal of Open Source Software, 2020), the table of its model summary. Every stored number is a parameter.
 * Memory counts two numbers of a BatchNorm, because inference fuses it into a scale and a shift.
 */
const larq: Convention = {
  name: 'larq',
  description: 'BOPs and FLOPs: multiply-accumulates. Parameters: all four numbers per BatchNorm channel. Memory: two of them.',
  count: biReal.count,
  store: (all) => ({ ...storeAffine(all), parameters: storeAll(all).parameters, floatMemoryBits: storeAll(all).floatMemoryBits }),
}

/** Larq's summaries before it fused BatchNorm. They give the figures printed for Bi-Real Net. */
const larqUnfused: Convention = {
  name: 'larq-unfused',
  description: "Like 'larq', but memory counts all four numbers per BatchNorm channel, as in its first releases.",
  count: biReal.count,
  store: storeAll,
}

/** Larq's later summaries, which count a BatchNorm as what inference makes of it: the figures printed for QuickNet in its zoo 1.0. */
const larqFused: Convention = {
  name: 'larq-fused',
  description: "Like 'larq', but parameters, too, count two numbers per BatchNorm channel, as in its later releases.",
  count: biReal.count,
  store: storeAffine,
}

/** By how much fewer operations BNext's tables count the real layers, which its quantized code has at 8 bits. */
const EIGHT_BITS = 8

/**
 * Guo et al.: BNext, arXiv 2211.12933, the README of the released code. That multiply-accumulates of 8 bits count an eighth is our inference: it
 * gives the printed operations of three of the four sizes, and 0.820 for the 0.819 of the largest.
 */
const bnext: Convention = {
  name: 'bnext',
  description: 'BOPs: multiply-accumulates of two bits. FLOPs: an eighth of all other multiply-accumulates, as of 8 bits.',
  count: ({ macs }) => ({ bops: macs.binary, flops: (macs.mixed + macs.real) / EIGHT_BITS }),
}

/** Every named convention, the default first. */
export const CONVENTIONS: readonly Convention[] = [
  STANDARD_CONVENTION,
  biReal,
  xnor,
  realToBinary,
  larq,
  larqUnfused,
  larqFused,
  bnext,
]

/**
 * A convention by its name.
 * @throws OptionError with the nearest known name.
 */
export function convention(name: string): Convention {
  checkArgument('convention()', 'name', name, text)
  const found = CONVENTIONS.find((entry) => entry.name === name)
  if (found) return found
  const known = CONVENTIONS.map((entry) => entry.name)
  const [nearest] = nearestNames(name, known)
  throw new OptionError({
    what: `There is no counting convention '${name}'.`,
    expected: known.join(', '),
    received: name,
    fix: nearest && `Did you mean '${nearest}'?`,
  })
}

/** @throws OptionError if `given` is not a convention. */
export function checkConvention(given: Convention): void {
  checkArgument('Counting', 'convention', given, object({ name: text, count: callback }, { store: callback }))
}

/** Parameters of a network in training, and their memory, by a convention. */
export function storedParameters(parameters: ModelParameters, convention: Convention = STANDARD_CONVENTION): StoredParameters {
  checkArgument('storedParameters()', 'parameters', parameters, record(number()))
  checkConvention(convention)
  const { store = storeAll } = convention
  return store(parameters)
}

/** This many one-bit operations count as one operation. */
const BITS_PER_OPERATION = 64

export function operations({ count }: Convention, costs: readonly NodeCost[]): Operations {
  let bops = 0
  let flops = 0
  for (const cost of costs) {
    const counted = count(cost)
    checkArgument('Counting', 'convention.count()', counted, object({ bops: anything, flops: anything }))
    bops += counted.bops
    flops += counted.flops
  }
  return { bops, flops, ops: flops + bops / BITS_PER_OPERATION }
}
