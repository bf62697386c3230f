/** Finds the names that a person may have meant, by edit distance. */

/** Most characters of a name that somebody may have meant to type. */
const LONGEST = 100

/** Levenshtein distance: insertions, deletions and replacements of one character. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(previous[j] + 1, current[j - 1] + 1, replaced))
    }
    previous = current
  }
  return previous[b.length]
}

/** At most three known names nearest to `name`, best first. Each shares at least half of it. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  if (typeof name !== 'string' || !Array.isArray(known)) return []
  // A name of millions of characters is near to none, and its distance would take hours.
  if (name.length > LONGEST) return []
  return known
    .filter((candidate) => typeof candidate === 'string' && candidate.length <= LONGEST)
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(name.length, candidate.length) / 2)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}
