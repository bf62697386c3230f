/** `dots`: gray pictures of up to `most` light dots on a dark background, generated in memory. */
import { defineDataset, inMemory, Random } from '@onebit/data'

const SIZE = 24
const RADIUS = 2

/** Generates `count` pictures. The same seed gives the same pictures. */
function pictures(count, most, seed) {
  const random = new Random(seed)
  const images = new Uint8Array(count * SIZE * SIZE)
  const annotations = Array.from({ length: count }, (_, index) => {
    const dots = random.below(most + 1)
    // Each dot gets a different cell, so that no two dots touch.
    const cells = random.permutation(16).subarray(0, dots)
    const light = 120 + random.below(120)
    for (let pixel = 0; pixel < SIZE * SIZE; pixel++) {
      const [x, y] = [pixel % SIZE, Math.floor(pixel / SIZE)]
      const inDot = cells.some((cell) => Math.hypot(x - 3 - 6 * (cell % 4), y - 3 - 6 * Math.floor(cell / 4)) <= RADIUS)
      images[index * SIZE * SIZE + pixel] = (inDot ? light : 20) + random.below(16)
    }
    return dots
  })
  return { images, annotations, count, shape: [SIZE, SIZE, 1], normalization: { mean: 0.2, standardDeviation: 0.2 } }
}

export const dots = defineDataset({
  name: 'dots',
  package: '@onebit/example-counting-task',
  task: 'counting',
  title: 'Dots',
  ofTest: ['most'],
  options: { most: { default: 9, min: 1, max: 16, integer: true, description: 'maximum number of dots in a picture' } },
  shape: ({ most }) => ({ input: [SIZE, SIZE, 1], facts: { what: 'dots', most } }),
  load: async ({ most, ...common }, context) => {
    const [train, test] = [pictures(400, most, 1), pictures(100, most, 2)]
    const data = {
      name: 'Dots',
      facts: { what: 'dots', most },
      input: train.shape,
      train,
      test,
      normalization: train.normalization,
      source: 'made in memory',
    }
    return inMemory('counting', data, common, context)
  },
})
