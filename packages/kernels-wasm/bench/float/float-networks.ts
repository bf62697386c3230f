/** The float rivals, at 224 x 224 unless said otherwise, with 1,000 classes: ResNet-18 (He et al., arXiv 1512.03385), MobileNetV2 1.0 (Sandler et al., arXiv 1801.04381). */
import type { Graph } from '@onebit/core'
import { RandomGraph, type Window } from './random-graph.ts'

const IMAGE = [224, 224, 3]
const CLASSES = 1000

/** 1,814 million multiply-adds. @param size Height and width of the image. */
export function resnet18(size = IMAGE[0]): Graph {
  const net = new RandomGraph()
  const { builder } = net
  const stem = net.relu(net.convolution(builder.input('image', [size, size, IMAGE[2]]), { kernel: 7, outputs: 64, stride: 2 }))
  let value = builder.node('maxPool', {
    inputs: [stem],
    attributes: { size: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] },
  })
  for (const outputs of [64, 128, 256, 512]) {
    for (let block = 0; block < 2; block++) {
      const stride = block === 0 && outputs > 64 ? 2 : 1
      const first = net.relu(net.convolution(value, { kernel: 3, outputs, stride }))
      const second = net.convolution(first, { kernel: 3, outputs })
      const shortcut = stride === 1 ? value : net.convolution(value, { kernel: 1, outputs, stride })
      value = net.relu(net.add(second, shortcut))
    }
  }
  builder.output('y', net.head(value, CLASSES))
  return builder.build()
}

/** Expansion, output channels, blocks, stride of the first: table 2 of the paper. */
const INVERTED_RESIDUALS = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const

/** 301 million multiply-adds. */
export function mobilenetV2(): Graph {
  const net = new RandomGraph()
  const { builder } = net
  const active = (input: string, window: Window): string => net.relu6(net.convolution(input, window))
  let value = active(builder.input('image', IMAGE), { kernel: 3, outputs: 32, stride: 2 })
  let channels = 32
  for (const [expansion, outputs, blocks, firstStride] of INVERTED_RESIDUALS) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 ? firstStride : 1
      const wide = channels * expansion
      const expanded = expansion === 1 ? value : active(value, { kernel: 1, outputs: wide })
      const filtered = active(expanded, { kernel: 3, outputs: wide, stride, depthwise: true })
      const projected = net.convolution(filtered, { kernel: 1, outputs })
      value = stride === 1 && channels === outputs ? net.add(value, projected) : projected
      channels = outputs
    }
  }
  builder.output('y', net.head(active(value, { kernel: 1, outputs: 1280 }), CLASSES))
  return builder.build()
}
