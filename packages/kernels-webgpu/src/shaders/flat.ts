/** The entry point of kernels with one invocation per item. */
import { GRID_WIDTH, GROUP_SIZE } from '../program/grid.ts'

/** The number of a workgroup in a folded row, in WGSL. */
export const WORKGROUP = `(workgroup_id.y * ${GRID_WIDTH}u + workgroup_id.x)`

/**
 * @param items WGSL of the largest number of items. The last workgroup may have items after the batch. Their memory exists, and
 * nothing reads their results.
 * @param body WGSL for the item `index`.
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
