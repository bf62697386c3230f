/** The shadow of a figure on the ground: dark at its feet, soft around them. */
import type { Picture } from '@onebit/image'

/** An ellipse on the picture, in pixels. */
export interface Shadow {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Share of the light that the shadow removes in its middle. */
  readonly strength: number
}

/** Darkens the picture. */
export function throwShadow({ data, width, height }: Picture, shadow: Shadow): void {
  const [firstRow, lastRow] = [Math.floor(shadow.y - shadow.height), Math.ceil(shadow.y + shadow.height)]
  const [firstColumn, lastColumn] = [Math.floor(shadow.x - shadow.width), Math.ceil(shadow.x + shadow.width)]
  for (let row = Math.max(0, firstRow); row < Math.min(height, lastRow); row++) {
    for (let column = Math.max(0, firstColumn); column < Math.min(width, lastColumn); column++) {
      const far = ((column + 0.5 - shadow.x) / shadow.width) ** 2 + ((row + 0.5 - shadow.y) / shadow.height) ** 2
      if (far >= 1) continue
      const light = 1 - shadow.strength * (1 - far) ** 2
      const at = 3 * (row * width + column)
      for (let channel = 0; channel < 3; channel++) data[at + channel] *= light
    }
  }
}
