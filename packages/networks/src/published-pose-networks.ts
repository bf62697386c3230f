/** Published networks of human pose by name, as data, like `publishedNetworks` for classification. */
import type { NamedTechnique, PublishedPoseNetwork } from './published-network.ts'

const MPII = { input: [256, 256, 3], dataset: 'mpii' } as const
const COCO = { input: [256, 192, 3], dataset: 'coco-keypoints' } as const

const improvedTraining = {
  title: 'Improved Training of Binary Networks',
  authors: 'Bulat et al.',
  year: 2019,
  arxiv: '1904.05868',
}
const hourglassPaper = { title: 'Stacked Hourglass Networks', authors: 'Newell et al.', year: 2016, arxiv: '1603.06937' }
const byClassification = { title: 'Binarizing by Classification', authors: 'He et al.', year: 2022, arxiv: '2205.07433' }

/** The block of the released topology. The PReLUs of the later paper are an option of the block. */
const block: NamedTechnique = { name: 'hierarchical', prelu: false }

const hourglass = (stacks: number): PublishedPoseNetwork => ({
  network: { name: 'hourglass', stacks },
  block,
  activation: 'ste-sign',
  weight: 'xnor',
  paper: improvedTraining,
  ...MPII,
})

/** The family of SBPN. The paper's own layers are not public. */
const simpleBaseline = (depth: number, residual: NamedTechnique): PublishedPoseNetwork => ({
  network: { name: 'simple-baseline', depth, stem: 'norm-prelu' },
  block: residual,
  activation: 'approx-sign',
  weight: 'mlp-classifier',
  paper: byClassification,
  ...COCO,
})

const hrnetPaper = {
  title: 'Deep High-Resolution Representation Learning',
  authors: 'Sun et al.',
  year: 2019,
  arxiv: '1902.09212',
}

/** The family of BHRNet. The paper's own layers are not public. */
const highResolution = (width: number): PublishedPoseNetwork => ({
  network: { name: 'hrnet', width },
  block: 'binarizing-by-classification',
  activation: 'approx-sign',
  weight: 'mlp-classifier',
  paper: byClassification,
  ...COCO,
})

/** Networks by the names that `onebit summary` takes. */
export const publishedPoseNetworks: Readonly<Record<string, PublishedPoseNetwork>> = {
  'hourglass-1': hourglass(1),
  'hourglass-2': hourglass(2),
  'hourglass-3': hourglass(3),
  'hourglass-1-float': { network: 'hourglass', block, activation: 'relu', paper: hourglassPaper, ...MPII },
  'simple-baseline-18': simpleBaseline(18, 'binarizing-by-classification'),
  'simple-baseline-34': simpleBaseline(34, 'binarizing-by-classification'),
  'simple-baseline-50': simpleBaseline(50, 'bi-real-bottleneck'),
  'hrnet-16': highResolution(16),
  'hrnet-32': highResolution(32),
  'hrnet-32-float': { network: 'hrnet', block: 'basic', paper: hrnetPaper, ...COCO },
}
