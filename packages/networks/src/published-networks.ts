/**
 * Whole published networks by name: the network, block and quantizers of a paper, and its images. Each part is a name or a record
 * of a name and options, as in recipes. Nothing is imported, so the names resolve in the caller's registry.
 */
import type { NamedTechnique, PublishedNetwork } from './published-network.ts'

const IMAGENET = { input: [224, 224, 3], classes: 1000 } as const
const CIFAR10 = { input: [32, 32, 3], classes: 10 } as const

const bnnPaper = { title: 'Binarized Neural Networks', authors: 'Hubara et al.', year: 2016, arxiv: '1602.02830' }
const resnetPaper = {
  title: 'Deep Residual Learning for Image Recognition',
  authors: 'He et al.',
  year: 2016,
  arxiv: '1512.03385',
}

const signs = { activation: 'ste-sign', weight: 'ste-sign' } as const
const stem = (network: string, kind: string): NamedTechnique => ({ name: network, stem: kind })

const xnor = {
  activation: 'ste-sign',
  weight: 'xnor',
  paper: { title: 'XNOR-Net', authors: 'Rastegari et al.', year: 2016, arxiv: '1603.05279' },
} as const
/** The released code does not scale inputs, keeps filters centered, and has its own epsilon. */
const xnorAlexnet = {
  ...xnor,
  network: 'alexnet',
  block: { name: 'xnor-plain', inputScale: false, epsilon: 1e-4 },
  weight: { name: 'xnor', center: true, gradient: 'code' },
} as const

const biReal = {
  block: 'bi-real',
  activation: 'approx-sign',
  weight: 'magnitude-aware-sign',
  paper: { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1808.00278' },
  ...IMAGENET,
} as const
/** The released code lets the clip's gradient through without the scale. */
const releasedSign: NamedTechnique = { name: 'magnitude-aware-sign', gradient: 'code' }
const react = {
  activation: 'rsign',
  weight: releasedSign,
  paper: { title: 'ReActNet', authors: 'Liu et al.', year: 2020, arxiv: '2003.03488' },
  ...IMAGENET,
} as const

const realToBinary = {
  network: stem('resnet18', 'norm-prelu'),
  ...signs,
  paper: { title: 'Real-to-Binary Convolutions', authors: 'Martinez et al.', year: 2020, arxiv: '2003.11535' },
  ...IMAGENET,
} as const

const groupNet = {
  activation: 'approx-sign',
  weight: { name: 'magnitude-aware-sign', scale: 'per-tensor', gradient: 'identity' },
  paper: { title: 'Structured Binary Neural Networks', authors: 'Zhuang et al.', year: 2019, arxiv: '1811.10413' },
  ...IMAGENET,
} as const

const improvedTraining = {
  activation: 'ste-sign',
  weight: 'xnor',
  paper: { title: 'Improved Training of Binary Networks', authors: 'Bulat et al.', year: 2019, arxiv: '1904.05868' },
  ...IMAGENET,
} as const
/** PReLUs, because a ReLU would remove one of the two states; and no scale of the input. */
const withPrelu = { nonlinearity: 'prelu', inputScale: false } as const

const byClassification = {
  block: 'binarizing-by-classification',
  activation: 'approx-sign',
  weight: { name: 'mlp-classifier', initial: 'released' },
  paper: { title: 'Binarizing by Classification', authors: 'He et al.', year: 2022, arxiv: '2205.07433' },
  ...IMAGENET,
} as const

/** The released code has a BatchNorm behind the last pooling. */
const normalizedHead: NamedTechnique = { name: 'classification', norm: true }
const irNet = {
  activation: { name: 'ede-sign', start: 0.001, end: 10 },
  weight: { name: 'libra', start: 0.001, end: 10 },
  head: normalizedHead,
  paper: { title: 'IR-Net', authors: 'Qin et al.', year: 2020, arxiv: '1909.10788' },
} as const
const adabin = {
  activation: { name: 'adabin', form: 'code' },
  weight: 'adabin',
  head: normalizedHead,
  paper: { title: 'AdaBin', authors: 'Tu et al.', year: 2022, arxiv: '2208.08084' },
} as const

const quicknetPaper = { title: 'Larq Compute Engine', authors: 'Bannink et al.', year: 2021, arxiv: '2011.09398' }
const wideSign: NamedTechnique = { name: 'ste-sign', clip: 1.25 }
const quicknet = { block: 'quicknet', activation: wideSign, weight: wideSign, paper: quicknetPaper, ...IMAGENET } as const

const bnext = (options: Readonly<Record<string, unknown>>): PublishedNetwork => ({
  network: { name: 'bnext', ...options },
  block: 'bnext',
  activation: { name: 'rsign', estimator: 'ste', clip: 1.5 },
  weight: 'temperature-sign',
  paper: { title: 'BNext', authors: 'Guo et al.', year: 2022, arxiv: '2211.12933' },
  ...IMAGENET,
})

/** Networks by the names that `onebit summary` takes. */
export const publishedNetworks: Readonly<Record<string, PublishedNetwork>> = {
  'resnet-18-float': { network: stem('resnet18', 'norm-relu'), block: 'basic', paper: resnetPaper, ...IMAGENET },
  'resnet-34-float': { network: stem('resnet34', 'norm-relu'), block: 'basic', paper: resnetPaper, ...IMAGENET },
  'bnn-18': { network: 'resnet18', block: { name: 'basic', downsample: 'binary' }, ...signs, paper: bnnPaper, ...IMAGENET },
  'xnor-18': { network: stem('resnet18', 'norm-relu'), block: 'xnor', ...xnor, ...IMAGENET },
  'xnor-34': { network: stem('resnet34', 'norm-relu'), block: 'xnor', ...xnor, ...IMAGENET },
  'xnor-alexnet': { ...xnorAlexnet, ...IMAGENET },
  'bi-real-18': { network: 'resnet18', ...biReal },
  'bi-real-34': { network: 'resnet34', ...biReal },
  // The released code of 50 layers is for PyTorch and has this gradient.
  'bi-real-50': { ...biReal, network: 'resnet50', block: 'bi-real-bottleneck', weight: releasedSign },
  'strong-baseline-18': { ...realToBinary, block: { name: 'strong-baseline', scale: 'channel-height-width' } },
  // Only the gate scales, as in the reproduction with published parameters and memory. The paper also keeps alpha.
  'real-to-binary-18': { ...realToBinary, block: { name: 'real-to-binary', scale: 'none' } },
  'group-net-18': { network: stem('resnet18', 'pool-norm'), block: 'group-net', ...groupNet },
  'group-net-34': { network: stem('resnet34', 'pool-norm'), block: 'group-net', ...groupNet },
  'group-net-50': { network: stem('resnet50', 'pool-norm'), block: 'group-net-bottleneck', ...groupNet },
  'improved-training-18': {
    network: stem('resnet18', 'norm-prelu'),
    block: { name: 'xnor', ...withPrelu },
    ...improvedTraining,
  },
  'improved-training-alexnet': { network: 'alexnet', block: { name: 'xnor-plain', ...withPrelu }, ...improvedTraining },
  'binarizing-by-classification-18': { network: stem('resnet18', 'norm-prelu'), ...byClassification },
  'binarizing-by-classification-34': { network: stem('resnet34', 'norm-prelu'), ...byClassification },
  'react-18': { network: 'resnet18', block: 'react', ...react },
  'react-a': { network: 'react-a', block: { name: 'react', form: 'mobilenet' }, ...react },
  'quicknet-small': { network: { name: 'quicknet', width: 32, multiples: [1, 2, 8, 16] }, ...quicknet },
  'quicknet-medium': { network: 'quicknet', ...quicknet },
  'quicknet-large': { network: { name: 'quicknet', convolutions: [6, 8, 12, 6] }, ...quicknet },
  'quicknet-0.1': { network: 'quicknet-0-1', block: 'quicknet-0-1', ...signs, paper: quicknetPaper, ...IMAGENET },
  'bnext-t': bnext({}),
  'bnext-s': bnext({ width: 48 }),
  'bnext-m': bnext({ width: 48, blocks: [1, 4, 4, 8, 4] }),
  'bnext-l': bnext({ width: 64, blocks: [1, 4, 4, 16, 4] }),
  'ir-net-18': { network: stem('resnet18', 'norm-clip'), block: 'ir-net', ...irNet, ...IMAGENET },
  'ir-net-34': { network: stem('resnet34', 'norm-clip'), block: 'ir-net', ...irNet, ...IMAGENET },
  'adabin-18': { network: stem('resnet18', 'norm-maxout'), block: 'adabin', ...adabin, ...IMAGENET },
  'adabin-34': { network: stem('resnet34', 'norm-maxout'), block: 'adabin', ...adabin, ...IMAGENET },
  'bi-real-20': { network: 'resnet20', ...biReal, ...CIFAR10 },
  // Option-A shortcuts, as in the released code.
  'ir-net-20': {
    network: stem('resnet20', 'norm-clip'),
    block: { name: 'ir-net', downsample: 'padded' },
    ...irNet,
    ...CIFAR10,
  },
  'adabin-20': {
    network: stem('resnet20', 'norm-maxout'),
    block: { name: 'adabin', downsample: 'padded' },
    ...adabin,
    ...CIFAR10,
  },
  'vgg-small': { network: 'vgg-small', block: 'xnor-plain', ...xnor, ...CIFAR10 },
  'binary-net': {
    network: 'binary-net',
    block: { name: 'xnor-plain', inputScale: false },
    ...signs,
    head: 'softmax',
    paper: bnnPaper,
    ...CIFAR10,
  },
}
