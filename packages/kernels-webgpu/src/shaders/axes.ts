/** Positions in a value as WGSL: loops over axes become divisions by constants, and most of these fall away. */

export interface Axis {
  /** Positions along it. The outermost may be the batch, of any length: Infinity. */
  readonly size: number
  /** How far apart neighbors are in memory, 0 where all read the same. */
  readonly stride: number
}

/** The axes, outermost first, without those of one position and with those side by side as one. */
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

/** Where the value at the row-major `index` lies, in WGSL; `index` is the name of a u32. */
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
