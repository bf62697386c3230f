/**
 * QuickNet's block: one 1-bit convolution with a shortcut, behind a real transition where the shape changes.
 *
 *   transition   x' = BatchNorm(1x1(blur with the stride(max pooling 2x2 of stride 1(ReLU(x)))))      real
 *   convolution  y = BatchNorm(ReLU(1-bit conv 3x3(sign(x')))) + x'
 *
 * Where only the channels change, the transition neither pools nor blurs. Borders of the 1-bit convolution are padded with +1, which its
 * kernels handle as any other bit; zeros are an option. Both quantizers are `ste-sign` with `clip: 1.25`.
 *
 * Bannink et al.: Larq Compute Engine (MLSys 2021), arXiv 2011.09398, section 5, in the form of Larq Zoo 1.0, which gives its accuracy.
 */
import { type Block, defineBlock } from '@onebit/core'
import { Blur } from '@onebit/layers'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm, binaryConvolution, channelsOf, relu, sum } from './convolution-parts.ts'

export interface QuicknetBlockOptions {
  /** What taps of the 1-bit convolution outside the image read. @default 'one' */
  padding: 'zero' | 'one'
}

/** Even sides lose their last value, as in the published network. Odd ones keep it, so that a stride leaves half of them, rounded up. */
function poolBeforeBlur(x: SymbolicTensor, name: string, strides: number): SymbolicTensor {
  const isEven = (x.shape.slice(1, 3) as number[]).every((side) => side % strides === 0)
  const padding = isEven ? 'valid' : 'same'
  return layers.maxPooling2d({ name, poolSize: strides, strides: 1, padding }).apply(x) as SymbolicTensor
}

function transition(input: SymbolicTensor, name: string, filters: number, strides: number): SymbolicTensor {
  let x = relu(input, `${name}.relu`)
  if (strides > 1) {
    x = new Blur({ name: `${name}.blur`, strides }).apply(poolBeforeBlur(x, `${name}.pool`, strides)) as SymbolicTensor
  }
  const conv = layers.conv2d({ name: `${name}.conv`, filters, kernelSize: 1, useBias: false }).apply(x) as SymbolicTensor
  return batchNorm(conv, `${name}.norm`)
}

export const quicknet: Block = defineBlock({
  name: 'quicknet',
  package: '@onebit/blocks',
  paper: { title: 'Larq Compute Engine', authors: 'Bannink et al.', year: 2021, arxiv: '2011.09398' },
  convolutions: 1,
  // ReLUs follow the convolutions in the float network too.
  twin: () => 'none',
  options: { padding: { default: 'one', values: ['zero', 'one'], description: 'value of taps outside the image' } },
  apply: ([input], { padding }, context) => {
    const { name, filters, strides, dilation } = context
    const changes = strides > 1 || channelsOf(input) !== filters
    const x = changes ? transition(input, `${name}.transition`, filters, strides) : input
    const layer = `${name}.conv`
    const conv = binaryConvolution({ name: layer, filters, dilation, paddingValue: padding }, context).apply(x) as SymbolicTensor
    return [sum([batchNorm(relu(conv, `${layer}.relu`), `${layer}.norm`), x], `${name}.add`)]
  },
})

declare module '@onebit/core' {
  interface BlockNames {
    quicknet: QuicknetBlockOptions
  }
}
