/** Figures of a benchmark that are no numbers: they are said by name, and the program ends with exit code 1. */

/** The places of all that is NaN, infinite or, as JSON writes both, null: `test.accuracy is NaN`. */
export function notFinite(figures, path = '') {
  if (figures === null || (typeof figures === 'number' && !Number.isFinite(figures))) return [`${path || 'it'} is ${figures}`]
  if (typeof figures !== 'object') return []
  return Object.entries(figures).flatMap(([key, value]) => {
    const place = Array.isArray(figures) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
    return notFinite(value, place)
  })
}

/** @returns whether all are numbers; if not, what is none of them is on standard error, and the exit code is set. */
export function checkFigures(what, figures) {
  const wrong = notFinite(figures)
  if (wrong.length === 0) return true
  console.error(`${what}: not finite: ${wrong.join(', ')}.`)
  process.exitCode = 1
  return false
}

/** The middle of values, the upper one of two; NaN of none. */
export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
