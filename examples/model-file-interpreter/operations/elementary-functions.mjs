// Each function is a sequence of single float32 operations. A product with 2 is exact and needs no rounding.

export const fl = Math.fround

const LOG2_E = 1.4426950216293335
const ROUNDER = 12582912
const LN_2 = 0.693145751953125
const LN_2_REST = 0.000001428606765330187
const SLOPE = [2, 0.9999998807907104, 0.3333304226398468, 0.08333665132522583, 0.016737377271056175, 0.002762880641967058]
const LOGARITHM = [0.666664183139801, 0.40021470189094543, 0.28002122044563293, 0.2801262438297272]
const FIFTH = 0.20000000298023224
const SIXTH = 0.1666666716337204

/** Math.min and Math.max follow the format's rules for NaN and for zeros of different signs. */
export function clamp(x, minimum, maximum) {
  return Math.min(Math.max(x, minimum), maximum)
}

/** Horner's rule, from the last coefficient down. */
function poly(x, coefficients) {
  return coefficients.reduceRight((sum, coefficient) => fl(fl(sum * x) + coefficient))
}

/** e^x - 1 is growth * power + (2 * power - 1), where x = n * ln 2 + r. */
function reduce(x) {
  const c = clamp(x, -87, 89)
  const n = fl(fl(fl(c * LOG2_E) + ROUNDER) - ROUNDER)
  const r = fl(fl(c - fl(n * LN_2)) - fl(n * LN_2_REST))
  return { growth: fl(poly(r, SLOPE) * r), power: halfPowerOfTwo(n) }
}

const word = new Int32Array(1)
const wordAsFloat = new Float32Array(word.buffer)

/** 2^(n - 1), built from its exponent; 0 for n = -126. */
function halfPowerOfTwo(n) {
  word[0] = (n + 126) << 23
  return wordAsFloat[0]
}

export function exp(x) {
  if (Number.isNaN(x)) return NaN
  const { growth, power } = reduce(x)
  return fl(fl(growth + 2) * power)
}

function sigmoid(x) {
  return fl(1 / fl(exp(-x) + 1))
}

function swish(x) {
  return fl(x / fl(exp(-x) + 1))
}

function tanh(x) {
  if (Number.isNaN(x)) return NaN
  const { growth, power } = reduce(fl(-2 * Math.abs(x)))
  const m = fl(fl(growth * power) + fl(2 * power - 1))
  const size = Math.abs(fl(m / fl(m + 2)))
  return x < 0 || Object.is(x, -0) ? -size : size
}

function softplus(x) {
  const y = exp(-Math.abs(x))
  const s = fl(y / fl(y + 2))
  const q = fl(s * s)
  const l = fl(fl(fl(poly(q, LOGARITHM) * q) * s) + 2 * s)
  return fl(Math.max(x, 0) + l)
}

function softsign(x) {
  return fl(x / fl(Math.abs(x) + 1))
}

function relu(x) {
  return Math.max(x, 0)
}

function hardSigmoid(x) {
  return clamp(fl(fl(x * FIFTH) + 0.5), 0, 1)
}

function hardSwish(x) {
  return fl(x * fl(clamp(fl(x + 3), 0, 6) * SIXTH))
}

/** The functions of the op `activation`, by name. */
export const functions = new Map([
  ['relu', relu],
  ['sigmoid', sigmoid],
  ['tanh', tanh],
  ['exp', exp],
  ['softplus', softplus],
  ['softsign', softsign],
  ['swish', swish],
  ['hard-sigmoid', hardSigmoid],
  ['hard-swish', hardSwish],
  ['absolute', Math.abs],
])
