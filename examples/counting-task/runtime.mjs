/** Counting on a loaded network, without TensorFlow.js. A prediction is `{ count }`, not rounded. */
import { InputError, parseMetadata, refuseMetadata } from '@onebit/core'
import { createPipeline, enlarged, withLegend } from '@onebit/image'

const METRICS = [
  {
    name: 'mean absolute error',
    unit: 'plain',
    better: 'lower',
    description: 'By how much a count is wrong, up or down; a mean over the pictures.',
  },
  { name: 'exact', unit: 'share', better: 'higher', description: 'How often the rounded count is the right one.' },
]

const words = (count, { what }) => `${count.toFixed(1)} ${what}`

function measure({ most }) {
  let [sum, exact, pictures] = [0, 0, 0]
  return {
    add: ({ count }, annotation) => {
      sum += Math.abs(count - annotation)
      exact += Number(Math.round(count) === annotation)
      pictures++
    },
    // Of no pictures, the worst.
    values: () => ({
      'mean absolute error': pictures > 0 ? sum / pictures : most,
      exact: pictures > 0 ? exact / pictures : 0,
    }),
  }
}

export const runtime = {
  name: 'counting',
  writeMetadata: (facts) => ({ counting: JSON.stringify(facts) }),
  readMetadata: ({ counting }) => {
    if (counting === undefined) return {}
    const facts = parseMetadata('counting', counting)
    return typeof facts?.what === 'string' && facts.most > 0 ? facts : refuseMetadata('counting', 'what and most', counting)
  },
  complete: ({ what, most }, { count }) => {
    if (count?.join() !== '1')
      throw new InputError({ what: 'This network does not count.', expected: "an output 'count' of [1]" })
    if (what !== undefined) return { facts: { what, most }, assumptions: [] }
    return { facts: { what: 'things', most: 100 }, assumptions: ['The file does not say what is counted.'] }
  },
  decode: ({ count: { data } }) => ({ count: data[0] }),
  metrics: () => METRICS,
  measure,
  describe: ({ count }, facts) => [{ label: facts.what, detail: count.toFixed(1) }],
  toJson: ({ count }, { what }) => ({ what, count }),
  captionOf: words,
  caption: ({ count }, facts) => words(count, facts),
  draw: (picture, { count }, facts) => withLegend(enlarged(picture), [{ text: words(count, facts) }]),
}

/** `await counter(network).run(picture)` is `{ count }`. */
export const counter = (network, options) => createPipeline(network, runtime, options)
