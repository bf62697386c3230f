/**
 * Softmax along rows. The op defines the order of its sum: four partial sums, each of every fourth value. A long row has a
 * workgroup: its invocations compute the largest value, the exponentials and the quotients in parallel, and four of them add.
 */
import { foldedGrid, GROUP_SIZE } from '../program/grid.ts'
import { channelsOf, rowsOf } from '../program/value.ts'
import { DIVIDED } from '../shaders/arithmetic.ts'
import { EXPONENTIAL } from '../shaders/elementary-functions.ts'
import { flatMain, WORKGROUP } from '../shaders/flat.ts'
import { LARGEST } from '../shaders/largest.ts'
import { ORDER } from '../shaders/order.ts'
import { has } from '../shaders/piece.ts'
import type { Lowering } from './lowering.ts'

/** Shorter rows do not keep a workgroup busy. */
const LONG = GROUP_SIZE

/** `nanKey(bits)`: the order key, with NaN above all numbers. `numberOf(key)` is its inverse. */
const NAN_KEY = /* wgsl */ `
fn nanKey(bits: u32) -> i32 { return select(orderKey(bits), 2147483647, isNan(bits)); }
fn numberOf(key: i32) -> f32 { return bitcast<f32>(select(bitcast<u32>(orderKey(bitcast<u32>(key))), 0x7fc00000u, key == 2147483647)); }`

const SHORT_ROW = flatMain(
  'arrayLength(&output) / FEATURES',
  `
  let start = index * FEATURES;
  var key = -2147483647 - 1;
  for (var i = 0u; i < FEATURES; i++) { key = max(key, nanKey(bitcast<u32>(input[start + i]))); }
  let largest = numberOf(key);
  var sums = vec4(0.0);
  for (var i = 0u; i < FEATURES; i++) {
    let y = exponential(input[start + i] - largest);
    output[start + i] = y;
    sums[i % 4u] += y;
  }
  let sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
  for (var i = 0u; i < FEATURES; i++) { output[start + i] = divided(output[start + i], sum); }`,
)

const LONG_ROW = /* wgsl */ `
var<workgroup> sums: array<f32, 4>;

@compute @workgroup_size(${GROUP_SIZE})
fn main(@builtin(workgroup_id) workgroup_id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = ${WORKGROUP};
  if (row >= arrayLength(&output) / FEATURES) { return; }
  let start = row * FEATURES;
  var key = -2147483647 - 1;
  for (var i = local; i < FEATURES; i += ${GROUP_SIZE}u) { key = max(key, nanKey(bitcast<u32>(input[start + i]))); }
  let largest = numberOf(largestOfGroup(local, key));
  for (var i = local; i < FEATURES; i += ${GROUP_SIZE}u) { output[start + i] = exponential(input[start + i] - largest); }
  storageBarrier();
  if (local < 4u) {
    var sum = 0.0;
    for (var i = local; i < FEATURES; i += 4u) { sum += output[start + i]; }
    sums[local] = sum;
  }
  workgroupBarrier();
  let sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
  for (var i = local; i < FEATURES; i += ${GROUP_SIZE}u) { output[start + i] = divided(output[start + i], sum); }
}`

export const softmax: Lowering<'softmax'> = (_node, { builder, inputs: [input], type }) => {
  const output = builder.allocate(type)
  const features = channelsOf(type)
  const bindings = [
    { name: 'input', element: 'f32', resource: input.buffer },
    { name: 'output', element: 'f32', resource: output },
  ]
  const pieces = [ORDER, EXPONENTIAL, DIVIDED]
  const constants = { FEATURES: features }
  if (features < LONG) {
    builder.addFlat({ constants, bindings, pieces, code: NAN_KEY + SHORT_ROW }, rowsOf(type))
    return { buffer: output, kernel: 'softmax of a row' }
  }
  const kernel = { constants, bindings, pieces: [...pieces, LARGEST], code: NAN_KEY + LONG_ROW }
  builder.add(kernel, (batch) => foldedGrid(batch * rowsOf(type)))
  const bySubgroups = has(builder.arithmetic, 'subgroups')
  const reason = bySubgroups ? undefined : 'Its largest value is found in workgroup memory: no subgroups.'
  return { buffer: output, kernel: `softmax of a row by a workgroup${bySubgroups ? ' and its subgroups' : ''}`, reason }
}
