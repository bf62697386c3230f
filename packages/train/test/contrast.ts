/** Contrast of two colors, as WCAG 2 defines it (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). */

/** Red, green and blue from 0 to 1, parsed from `#rgb`, `#rrggbb` or `rgb(r, g, b)`. */
function channels(color: string): number[] {
  if (color.startsWith('rgb'))
    return color
      .match(/[\d.]+/g)!
      .slice(0, 3)
      .map((channel) => Number(channel) / 255)
  const digits = color.length === 4 ? [...color.slice(1)].map((digit) => digit + digit) : color.slice(1).match(/../g)!
  return digits.map((channel) => Number.parseInt(channel, 16) / 255)
}

/** Relative luminance, from 0 for black to 1 for white. */
function luminance(color: string): number {
  const [red, green, blue] = channels(color).map((channel) =>
    channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** From 1 for equal colors to 21 for black and white. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}
