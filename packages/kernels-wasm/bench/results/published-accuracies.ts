/** Top-1 accuracy on ImageNet, percent, as published. Nothing here was trained by this project. */
export interface PublishedAccuracy {
  readonly network: string
  readonly top1: number
  readonly source: string
}

export const PUBLISHED_ACCURACIES: readonly PublishedAccuracy[] = [
  { network: 'Real-to-Binary ResNet-18', top1: 65.4, source: 'Martinez et al., arXiv 2003.11535' },
  { network: 'ReActNet-A', top1: 69.4, source: 'Liu et al., arXiv 2003.03488, table 1' },
  { network: 'QuickNet', top1: 63.3, source: 'Bannink et al., arXiv 2011.09398, the Medium one' },
  { network: 'BNext-T', top1: 72.4, source: 'Guo et al., arXiv 2211.12933; the README of hpi-xnor/BNext' },
  { network: 'float ResNet-18', top1: 69.3, source: 'He et al., as in Martinez et al., arXiv 2003.11535' },
  { network: 'float MobileNetV2 1.0', top1: 72.0, source: 'Sandler et al., arXiv 1801.04381, table 4' },
]
