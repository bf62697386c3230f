/** How many workgroups a kernel is started in. */

/** Workgroups along x, y and z. */
export type Grid = readonly [number, number, number]

/** Invocations of a workgroup. */
export const GROUP_SIZE = 64
/** Workgroups along x before they go on along y; less than any adapter's limit of 65,535. */
export const GRID_WIDTH = 2 ** 15

/** Workgroups in a row that is folded where it is too long, as often as `layers` says. */
export function foldedGrid(workgroups: number, layers = 1): Grid {
  return workgroups <= GRID_WIDTH ? [workgroups, 1, layers] : [GRID_WIDTH, Math.ceil(workgroups / GRID_WIDTH), layers]
}

/** The grid of a kernel that has one invocation an item. */
export function flatGrid(items: number): Grid {
  return foldedGrid(Math.ceil(items / GROUP_SIZE))
}
