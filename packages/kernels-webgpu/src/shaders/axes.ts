/** Positions in a value as WGSL. Loops over axes become divisions by constants, and merging axes removes most of them. */

export interface Axis {
  /** Number of positions. Infinity for the batch, which has any length and is outermost. */
  readonly size: number
  /** Distance of neighbors in memory. 0 if all positions read the same value. */
  readonly stride: number
}

/** The axes, outermost first, without axes of one position and with contiguous axes merged. */
export function mergeAxes(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = []
  for (const axis of axes) {
    const outer = merged.at(-1)
    if (axis.size === 1) continue
    if (outer && outer.stride === axis.size * axis.stride) merged[merged.length - 1] = { ...axis, size: outer.size * axis.size }
    else merged.push(axis)
  }
  return merged
}

/** WGSL of the position of the value with the row-major number `index`, the name of a u32. */
export function position(axes: readonly Axis[], index: string): string {
  const merged = mergeAxes(axes)
  const terms: string[] = []
  let inner = 1
  for (let at = merged.length - 1; at >= 0; at--) {
    const { size, stride } = merged[at]
    const quotient = inner === 1 ? index : `${index} / ${inner}u`
    const place = at === 0 ? quotient : `${quotient} % ${size}u`
    if (stride > 0) terms.unshift(stride === 1 ? `(${place})` : `(${place}) * ${stride}u`)
    inner *= size
  }
  return terms.length === 0 ? '0u' : terms.join(' + ')
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  return strides
}
