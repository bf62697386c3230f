/**
 * An affine map of the plane, row-major: `x' = a x + b y + c`, `y' = d x + e y + f`. Coordinates are in pixels; the center of the upper left
 * pixel is (0.5, 0.5), so that sizes scale without a shift.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

/** The map that moves nothing. */
export const IDENTITY: Affine = [1, 0, 0, 0, 1, 0]
