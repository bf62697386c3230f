/**
 * Colors, dashes and markers of the page. Text has a contrast of at least 4.5:1 with its background, and lines of at least 4.5:1
 * with white.
 */

export const COLORS = {
  page: '#ffffff',
  /** Background of code, warnings, and every other row. */
  quiet: '#f6f8fa',
  ink: '#1f2328',
  muted: '#57606a',
  link: '#0550ae',
  line: '#d0d7de',
  right: '#116329',
  wrong: '#a40e26',
  warning: '#fff8c5',
  warningLine: '#9a6700',
} as const

/** Color of the fullest cell in a heat table. The others lie between white and this color. */
export const HEAT: readonly [red: number, green: number, blue: number] = [121, 184, 255]

const LINE_COLORS = ['#0550ae', '#a04100', '#116329', '#7a3fbf', '#a40e26', '#1b5e6b']

/** Lengths of dashes and gaps in pixels. An empty list is a solid line. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3], [14, 4]]

/** SVG paths in a box of 10 x 10. */
const MARKERS = [
  'M5 0A5 5 0 1 1 5 10A5 5 0 1 1 5 0Z',
  'M0 0H10V10H0Z',
  'M5 0L10 10H0Z',
  'M5 0L10 5L5 10L0 5Z',
  'M0 0H10L5 10Z',
  'M3 0H7V3H10V7H7V10H3V7H0V3H3Z',
  'M0 0H10L0 10H10Z',
]

export interface LineLook {
  readonly color: string
  readonly dash: readonly number[]
  readonly marker: string
}

/** The look of a line. No two of 210 lines look the same, and neighbors differ in color, dash and marker. @param index From 0. */
export function lineLook(index: number): LineLook {
  return {
    color: LINE_COLORS[index % LINE_COLORS.length],
    dash: DASHES[index % DASHES.length],
    marker: MARKERS[index % MARKERS.length],
  }
}
