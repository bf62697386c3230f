/** The table of recipes/README.md, made from bench/results/recipes.json. */
import { table } from '../../../test/markdown-table.ts'

/** A row of bench/results/recipes.json, as far as the table reads it. */
export interface ResultRow {
  readonly recipe: string
  readonly twin: boolean
  readonly title: string
  readonly paper: string
  readonly seconds: number
  readonly test: { readonly accuracy: number }
  readonly frozen: { readonly bytes: number }
}

/** The recipe whose network has no binary layer. */
const REAL = 'real-network'

const percent = (share: number): string => (100 * share).toFixed(2)

/**
 * One row per run, the most accurate first, and below the table the recipes without a run. `below real` are percentage points
 * below the real network.
 */
export function resultsTable(rows: readonly ResultRow[], recipes: readonly string[]): string {
  const results = rows.toSorted((a, b) => b.test.accuracy - a.test.accuracy)
  const real = results.find(({ recipe, twin }) => recipe === REAL && !twin)
  if (!real) throw new Error(`bench/results/recipes.json has no result of ${REAL}. Run \`npm run bench -- recipes ${REAL}\`.`)
  const text = table(
    ['recipe', 'paper', 'accuracy, %', 'below real', 'file, kB', 'minutes'],
    results.map(({ recipe, twin, title, paper, seconds, test, frozen }) => [
      twin ? `\`${recipe} --float\`` : `\`${recipe}\``,
      `${title}, ${/arXiv (\S+)/.exec(paper)?.[1] ?? paper}`,
      percent(test.accuracy),
      recipe === REAL ? '' : percent(real.test.accuracy - test.accuracy),
      (frozen.bytes / 1000).toFixed(1),
      (seconds / 60).toFixed(0),
    ]),
  )
  const missing = recipes.filter((name) => !rows.some(({ recipe, twin }) => recipe === name && !twin))
  return missing.length === 0 ? text : `${text}\n\nNot run yet: ${missing.map((name) => `\`${name}\``).join(', ')}.`
}
