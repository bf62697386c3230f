/**
 * Whole published networks by name: which network, block and quantizers a paper put together, for which images. Everything is a
 * name or a record of a name and options, as recipes have them; nothing is imported, so the names resolve in the caller's registry.
 */
import type { NamedTechnique, PublishedNetwork } from './published-network.ts'

const IMAGENET = { input: [224, 224, 3], classes: 1000 } as const
const CIFAR10 = { input: [32, 32, 3], classes: 10 } as const

const realToBinary = { title: 'Real-to-Binary Convolutions', authors: 'Martinez et al.', year: 2020, arxiv: '2003.11535' }
const biRealPaper = { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1808.00278' }
const xnorPaper = { title: 'XNOR-Net', authors: 'Rastegari et al.', year: 2016, arxiv: '1603.05279' }
const bnnPaper = { title: 'Binarized Neural Networks', authors: 'Hubara et al.', year: 2016, arxiv: '1602.02830' }
const groupNetPaper = { title: 'Structured Binary Neural Networks', authors: 'Zhuang et al.', year: 2019, arxiv: '1811.10413' }
const resnetPaper = {
  title: 'Deep Residual Learning for Image Recognition',
  authors: 'He et al.',
  year: 2016,
  arxiv: '1512.03385',
}
const reactPaper = { title: 'ReActNet', authors: 'Liu et al.', year: 2020, arxiv: '2003.03488' }

const signs = { activation: 'ste-sign', weight: 'ste-sign' } as const
const biReal = {
  block: 'bi-real',
  activation: 'approx-sign',
  weight: 'magnitude-aware-sign',
  paper: biRealPaper,
  ...IMAGENET,
} as const
const xnor = { activation: 'ste-sign', weight: 'xnor', paper: xnorPaper } as const
/** The released code lets the clip's gradient through without the scale. */
const reactWeight: NamedTechnique = { name: 'magnitude-aware-sign', gradient: 'code' }
const react = { activation: 'rsign', weight: reactWeight, paper: reactPaper, ...IMAGENET } as const
const groupWeight: NamedTechnique = { name: 'magnitude-aware-sign', scale: 'per-tensor', gradient: 'identity' }
const groupNet = { activation: 'approx-sign', weight: groupWeight, paper: groupNetPaper, ...IMAGENET } as const

const stem = (network: string, kind: string): NamedTechnique => ({ name: network, stem: kind })

/** By name, as `onebit summary` takes them. */
export const publishedNetworks: Readonly<Record<string, PublishedNetwork>> = {
  'resnet-18-float': { network: stem('resnet18', 'norm-relu'), block: 'basic', paper: resnetPaper, ...IMAGENET },
  'resnet-34-float': { network: stem('resnet34', 'norm-relu'), block: 'basic', paper: resnetPaper, ...IMAGENET },
  'bnn-18': { network: 'resnet18', block: { name: 'basic', downsample: 'binary' }, ...signs, paper: bnnPaper, ...IMAGENET },
  'xnor-18': { network: stem('resnet18', 'norm-relu'), block: 'xnor', ...xnor, ...IMAGENET },
  'xnor-34': { network: stem('resnet34', 'norm-relu'), block: 'xnor', ...xnor, ...IMAGENET },
  'xnor-alexnet': { network: 'alexnet', block: 'xnor-plain', ...xnor, input: [227, 227, 3], classes: 1000 },
  'bi-real-18': { network: 'resnet18', ...biReal },
  'bi-real-34': { network: 'resnet34', ...biReal },
  'strong-baseline-18': {
    network: stem('resnet18', 'norm-prelu'),
    block: { name: 'strong-baseline', scale: 'channel-height-width' },
    ...signs,
    paper: realToBinary,
    ...IMAGENET,
  },
  // The gate alone scales, as in the reproduction whose parameters and memory are published; the paper keeps alpha beside it.
  'real-to-binary-18': {
    network: stem('resnet18', 'norm-prelu'),
    block: { name: 'real-to-binary', scale: 'none' },
    ...signs,
    paper: realToBinary,
    ...IMAGENET,
  },
  'group-net-18': { network: stem('resnet18', 'pool-norm'), block: 'group-net', ...groupNet },
  'group-net-34': { network: stem('resnet34', 'pool-norm'), block: 'group-net', ...groupNet },
  'react-18': { network: 'resnet18', block: 'react', ...react },
  'react-a': { network: 'react-a', block: { name: 'react', form: 'mobilenet' }, ...react },
  quicknet: {
    network: 'quicknet',
    block: 'quicknet',
    ...signs,
    paper: { title: 'Larq Compute Engine', authors: 'Bannink et al.', year: 2021, arxiv: '2011.09398' },
    ...IMAGENET,
  },
  'bi-real-20': { network: 'resnet20', ...biReal, ...CIFAR10 },
  'vgg-small': { network: 'vgg-small', block: 'xnor-plain', ...xnor, ...CIFAR10 },
}
