/** `coco-keypoints`: people of COCO 2017 with 17 joints, from your own copy; each person is a crop of a photograph. */
import { PEOPLE_FACTS } from '../people/joints.ts'
import { readCocoKeypoints } from '../people/read-coco-keypoints.ts'
import { defineDataset } from './dataset-plugin.ts'
import { fromPeopleFiles, peopleRules } from './people-files.ts'

const TITLE = 'COCO keypoints'

export const cocoKeypointsDataset = defineDataset({
  name: 'coco-keypoints',
  package: '@onebit/data',
  paper: { title: 'Microsoft COCO', authors: 'Lin et al.', year: 2014, arxiv: '1405.0312' },
  task: 'pose',
  title: TITLE,
  ofTest: ['height', 'width'],
  options: {
    folder: { type: 'text', optional: true, description: 'has `annotations`, `train2017` and `val2017`' },
    ...peopleRules([256, 192]),
  },
  shape: ({ height, width }) => ({ input: [height, width, 3], facts: PEOPLE_FACTS.coco }),
  load: async (options, context) => {
    const [train, test] = await Promise.all((['train', 'val'] as const).map((part) => readCocoKeypoints(options.folder, part)))
    const crop = { degrees: 40, scale: [0.7, 1.3], halfBody: 0.3 } as const
    return fromPeopleFiles({ name: TITLE, order: 'coco', train, test, crop }, options, context)
  },
})
