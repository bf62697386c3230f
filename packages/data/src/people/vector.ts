/** Points and directions in a person's frame: x to their left, y up, z forward. Lengths are shares of their height. */
export type Vector = readonly [x: number, y: number, z: number]

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]

export const scaled = (a: Vector, factor: number): Vector => [factor * a[0], factor * a[1], factor * a[2]]

/** `a + factor b` */
export const along = (a: Vector, b: Vector, factor: number): Vector => add(a, scaled(b, factor))

/** The point at `share` of the way from `a` to `b`. */
export const between = (a: Vector, b: Vector, share = 0.5): Vector => along(scaled(a, 1 - share), b, share)

export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
]

/** Scales a vector to length 1. The zero vector becomes `fallback`. */
export function unit(a: Vector, fallback: Vector = [0, 1, 0]): Vector {
  const length = Math.hypot(a[0], a[1], a[2])
  return length > 1e-9 ? scaled(a, 1 / length) : fallback
}

/** Turns a vector around an axis of length 1 by an angle in radians, counterclockwise as seen from the axis's tip (Rodrigues). */
export function turned(a: Vector, axis: Vector, angle: number): Vector {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  const dot = a[0] * axis[0] + a[1] * axis[1] + a[2] * axis[2]
  return along(along(scaled(a, cosine), cross(axis, a), sine), axis, dot * (1 - cosine))
}
