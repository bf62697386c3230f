/** The largest integer of a workgroup. Integers are not rounded, so any order gives the same result. */
import { GROUP_SIZE } from '../program/grid.ts'
import { has, type Piece } from './piece.ts'

/** A tree: half of the invocations take the other half's numbers, then a quarter, and so on. */
const BY_TREE = /* wgsl */ `
var<workgroup> keys: array<i32, ${GROUP_SIZE}>;

fn largestOfGroup(local: u32, key: i32) -> i32 {
  keys[local] = key;
  for (var half = ${GROUP_SIZE / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { keys[local] = max(keys[local], keys[local + half]); }
  }
  workgroupBarrier();
  let largest = keys[0];
  workgroupBarrier();
  return largest;
}`

/** Subgroups find their largest in registers. One invocation of each shares it with the others. */
const BY_SUBGROUPS = /* wgsl */ `
var<workgroup> largest_key: atomic<i32>;

fn largestOfGroup(local: u32, key: i32) -> i32 {
  if (local == 0u) { atomicStore(&largest_key, -2147483647 - 1); }
  workgroupBarrier();
  let own = subgroupMax(key);
  if (subgroupElect()) { atomicMax(&largest_key, own); }
  workgroupBarrier();
  let largest = atomicLoad(&largest_key);
  workgroupBarrier();
  return largest;
}`

/** `largestOfGroup(local, key)`: all invocations of a workgroup call it together. */
export const LARGEST: Piece = {
  extension: 'subgroups',
  code: (arithmetic) => (has(arithmetic, 'subgroups') ? BY_SUBGROUPS : BY_TREE),
}
