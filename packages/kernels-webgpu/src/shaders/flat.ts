/** The entry point of kernels with one invocation an item. */
import { GRID_WIDTH, GROUP_SIZE } from '../program/grid.ts'

/** The number of a workgroup in a folded row, in WGSL. */
export const WORKGROUP = `(workgroup_id.y * ${GRID_WIDTH}u + workgroup_id.x)`

/**
 * @param items How many items there are at most, in WGSL. The last workgroup may hold items behind the batch: their memory exists, and
 * nothing reads what they leave.
 * @param body For the item `index`.
 */
export function flatMain(items: string, body: string): string {
  return /* wgsl */ `
@compute @workgroup_size(${GROUP_SIZE})
fn main(@builtin(workgroup_id) workgroup_id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let index = ${WORKGROUP} * ${GROUP_SIZE}u + local;
  if (index >= ${items}) { return; }
  ${body.trim()}
}`
}
