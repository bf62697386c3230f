/**
 * The functions of the ops `activation` and `softmax`. They repeat the float32 operations of core's
 * reference/elementary-functions.ts one by one.
 */
import type { ActivationFunction } from '@onebit/core'
import { DIVIDED, HIDDEN } from './arithmetic.ts'
import { ORDER } from './order.ts'
import type { Piece } from './piece.ts'

/**
 * `exponential(x)`. Products, and the sum that rounds to a whole number, are hidden on every device. Otherwise compilers would
 * see the constants and simplify too much.
 */
export const EXPONENTIAL: Piece = {
  needs: [HIDDEN, ORDER],
  code: () => /* wgsl */ `
/** x = n ln 2 + r, so that e^x = (2 + growth) * power. */
struct Reduced { growth: f32, power: f32 }

fn reduce(x: f32) -> Reduced {
  let rounder = 12582912.0;
  let c = limited(x, -87.0, 89.0);
  let n = hidden(hidden(c * 1.4426950216293335) + rounder) - rounder;
  let r = (c - hidden(n * 0.693145751953125)) - hidden(n * 0.000001428606765330187);
  var sum = 0.002762880641967058;
  sum = hidden(sum * r) + 0.016737377271056175;
  sum = hidden(sum * r) + 0.08333665132522583;
  sum = hidden(sum * r) + 0.3333304226398468;
  sum = hidden(sum * r) + 0.9999998807907104;
  sum = hidden(sum * r) + 2.0;
  return Reduced(hidden(sum * r), bitcast<f32>(u32(i32(n) + 126) << 23u));
}

fn exponential(x: f32) -> f32 {
  let reduced = reduce(x);
  return hidden(hidden(reduced.growth + 2.0) * reduced.power);
}`,
}

const FORMULAS: Readonly<Record<ActivationFunction, string>> = {
  relu: 'return atLeastZero(x);',
  sigmoid: 'return divided(1.0, exponential(-x) + 1.0);',
  swish: 'return divided(x, exponential(-x) + 1.0);',
  tanh: `
  let reduced = reduce(-2.0 * abs(x));
  let m = hidden(reduced.growth * reduced.power) + (2.0 * reduced.power - 1.0);
  let magnitude = bitcast<u32>(divided(m, m + 2.0)) & 0x7fffffffu;
  return bitcast<f32>(magnitude | (bitcast<u32>(x) & 0x80000000u));`,
  exp: 'return exponential(x);',
  softplus: `
  let y = exponential(-abs(x));
  let s = divided(y, y + 2.0);
  let square = hidden(s * s);
  var sum = 0.2801262438297272;
  sum = hidden(sum * square) + 0.28002122044563293;
  sum = hidden(sum * square) + 0.40021470189094543;
  sum = hidden(sum * square) + 0.666664183139801;
  return atLeastZero(x) + (hidden(hidden(sum * square) * s) + 2.0 * s);`,
  softsign: 'return divided(x, abs(x) + 1.0);',
  'hard-sigmoid': 'return limited(hidden(x * 0.20000000298023224) + 0.5, 0.0, 1.0);',
  'hard-swish': 'return x * hidden(limited(x + 3.0, 0.0, 6.0) * 0.1666666716337204);',
  absolute: 'return abs(x);',
}

/** `activation(x)` for the name of a function. */
export function activationPiece(name: ActivationFunction): Piece {
  return { needs: [ORDER, EXPONENTIAL, DIVIDED], code: () => `fn activation(x: f32) -> f32 {\n  ${FORMULAS[name].trim()}\n}` }
}
