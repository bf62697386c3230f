/** `mpii`: people of MPII Human Pose with 16 joints, from your own copy; each person is a crop of a photograph. */
import { PEOPLE_FACTS } from '../people/joints.ts'
import { readMpii } from '../people/read-mpii.ts'
import { defineDataset } from './dataset-plugin.ts'
import { fromPeopleFiles, peopleRules } from './people-files.ts'

const TITLE = 'MPII Human Pose'

export const mpiiDataset = defineDataset({
  name: 'mpii',
  package: '@onebit/data',
  paper: { title: '2D Human Pose Estimation', authors: 'Andriluka et al.', year: 2014 },
  task: 'pose',
  title: TITLE,
  ofTest: ['height', 'width'],
  options: {
    folder: { type: 'text', optional: true, description: 'has `images` and `annot`, or `mpii_annotations.json`' },
    ...peopleRules([256, 256]),
  },
  shape: ({ height, width }) => ({ input: [height, width, 3], facts: PEOPLE_FACTS.mpii }),
  load: async (options, context) => {
    const [train, test] = await Promise.all((['train', 'valid'] as const).map((part) => readMpii(options.folder, part)))
    const crop = { degrees: 30, scale: [0.75, 1.25] } as const
    return fromPeopleFiles({ name: TITLE, order: 'mpii', train, test, crop }, options, context)
  },
})
