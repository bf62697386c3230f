/** The workgroups of a kernel. */

/** Workgroups along x, y and z. */
export type Grid = readonly [number, number, number]

/** Invocations of a workgroup. */
export const GROUP_SIZE = 64
/** Most workgroups along x. More continue along y. It is less than any adapter's limit of 65,535. */
export const GRID_WIDTH = 2 ** 15

/** Workgroups in a row, which is folded if it is too long. `layers` is the number along z. */
export function foldedGrid(workgroups: number, layers = 1): Grid {
  return workgroups <= GRID_WIDTH ? [workgroups, 1, layers] : [GRID_WIDTH, Math.ceil(workgroups / GRID_WIDTH), layers]
}

/** The grid of a kernel with one invocation per item. */
export function flatGrid(items: number): Grid {
  return foldedGrid(Math.ceil(items / GROUP_SIZE))
}
