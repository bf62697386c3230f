/** Counting with a loaded network, without TensorFlow.js. A prediction is `{ count }`, not rounded. */
import { InputError, parseMetadata, refuseMetadata } from '@onebit/core'
import { createPipeline, enlarged, withLegend } from '@onebit/image'

const METRICS = [
  {
    name: 'mean absolute error',
    unit: 'plain',
    better: 'lower',
    description: 'Mean absolute error of the count over the pictures.',
  },
  { name: 'exact', unit: 'share', better: 'higher', description: 'Share of pictures whose rounded count is right.' },
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
    // Without pictures, the worst value.
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
    return { facts: { what: 'things', most: 100 }, assumptions: ['The file does not name the things to count.'] }
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
