/**
 * `synthetic-people`: drawn pictures of one person each, with exact joints in the order of MPII or COCO. They are generated in
 * memory. Almost half of the poses come from motion capture, the others from a model with joint limits.
 */

import type { Augmentation } from '../augment/augmentation.ts'
import { embeddedMotionCapture } from '../embedded-motion-capture.ts'
import type { ImageSet } from '../image-set.ts'
import type { ChannelNormalization } from '../normalization.ts'
import { composePerson, type PersonAnnotation, type PersonOptions } from '../people/compose-person.ts'
import { type JointOrder, PEOPLE_FACTS } from '../people/joints.ts'
import { Random } from '../random.ts'
import { defineDataset, type LoadContext } from './dataset-plugin.ts'
import { inMemory } from './in-memory.ts'

const NAME = 'Synthetic people'

/** Normalization of 1,000 pictures with the default options. */
const normalization: ChannelNormalization = { mean: [0.464, 0.483, 0.458], standardDeviation: [0.225, 0.234, 0.247] }

/** The usual augmentation for people in pictures. */
const usual: readonly Augmentation[] = [
  { type: 'horizontal-flip' },
  { type: 'affine', degrees: 30, turned: 0.6, scale: [0.75, 1.25] },
]

/** Number of pictures between two chances to stop. */
const BETWEEN = 100

interface Drawn extends PersonOptions {
  readonly count: number
  readonly seed: number
}

/** Generates pictures. Another number of pictures does not change the first ones. */
async function drawPeople({ count, seed, ...options }: Drawn, signal?: AbortSignal): Promise<ImageSet<PersonAnnotation>> {
  const { size } = options
  const random = new Random(seed)
  const images = new Uint8Array(count * size * size * 3)
  const annotations: PersonAnnotation[] = []
  for (let index = 0; index < count; index++) {
    if (index % BETWEEN === 0) {
      signal?.throwIfAborted()
      // Gives other tasks on this thread their turn.
      await new Promise((resolve) => setTimeout(resolve))
    }
    const { picture, person } = composePerson(options, random)
    images.set(picture.data, index * size * size * 3)
    annotations.push(person)
  }
  return { images, annotations, count, shape: [size, size, 3], normalization }
}

async function load(
  { size, joints, train, test, seed }: { size: number; joints: JointOrder; train: number; test: number; seed: number },
  { signal }: LoadContext,
) {
  const common = { size, order: joints, motionCapture: await embeddedMotionCapture() }
  return {
    train: await drawPeople({ ...common, count: train, seed: 2 * seed }, signal),
    test: await drawPeople({ ...common, count: test, seed: 2 * seed + 1 }, signal),
  }
}

export const syntheticPeopleDataset = defineDataset({
  name: 'synthetic-people',
  package: '@onebit/data',
  task: 'pose',
  title: NAME,
  ofTest: ['size', 'joints', 'test', 'seed'],
  options: {
    size: { default: 128, min: 32, max: 512, integer: true, description: 'height and width of a picture, in pixels' },
    joints: { default: 'mpii', values: ['mpii', 'coco'], description: 'joints and their order: 16 of MPII, or 17 of COCO' },
    train: { default: 4000, min: 1, max: 1_000_000, integer: true, description: 'pictures to train on' },
    test: { default: 500, min: 1, max: 1_000_000, integer: true, description: 'pictures to test on' },
    seed: { default: 0, min: 0, max: 0x7fffffff, integer: true, description: 'seed of all pictures' },
  },
  shape: ({ size, joints }) => ({ input: [size, size, 3], facts: PEOPLE_FACTS[joints as JointOrder] }),
  load: async ({ size, joints, train, test, seed, ...common }, context) => {
    const { limit = Number.POSITIVE_INFINITY } = common
    const order = joints as JointOrder
    const counts = { train: Math.min(train, limit), test: Math.min(test, limit) }
    const parts = await load({ size, joints: order, seed, ...counts }, context)
    const data = {
      name: NAME,
      facts: PEOPLE_FACTS[order],
      input: [size, size, 3] as [number, number, number],
      normalization,
      source: 'embedded' as const,
      attribution: 'Motion capture: mocap.cs.cmu.edu, created with funding from NSF EIA-0196217.',
      ...parts,
    }
    return inMemory('pose', data, common, context, usual)
  },
})
