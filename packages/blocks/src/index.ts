import type { Block } from '@onebit/core'
import { adabin } from './adabin.ts'
import { basic } from './basic.ts'
import { biReal } from './bi-real.ts'
import { biRealBottleneck } from './bi-real-bottleneck.ts'
import { binarizingByClassification } from './binarizing-by-classification.ts'
import { bnext } from './bnext.ts'
import { groupNet } from './group-net.ts'
import { groupNetBottleneck } from './group-net-bottleneck.ts'
import { hierarchical } from './hierarchical.ts'
import { irNet } from './ir-net.ts'
import { quicknet } from './quicknet.ts'
import { quicknet01 } from './quicknet-0-1.ts'
import { react } from './react.ts'
import { realToBinary } from './real-to-binary.ts'
import { strongBaseline } from './strong-baseline.ts'
import { xnor, xnorPlain } from './xnor.ts'

export { type AdabinBlockOptions, adabin } from './adabin.ts'
export { type BasicOptions, basic } from './basic.ts'
export { type BiRealOptions, biReal } from './bi-real.ts'
export { type BiRealBottleneckOptions, biRealBottleneck } from './bi-real-bottleneck.ts'
export { type BinarizingByClassificationOptions, binarizingByClassification } from './binarizing-by-classification.ts'
export { binaryDownsample } from './binary-downsample.ts'
export { type BnextOptions, bnext } from './bnext.ts'
export { type ChannelGateOptions, channelGate } from './channel-gate.ts'
export { type GroupNetOptions, groupNet } from './group-net.ts'
export { type GroupNetBottleneckOptions, groupNetBottleneck } from './group-net-bottleneck.ts'
export { type HierarchicalOptions, hierarchical } from './hierarchical.ts'
export { type IrNetOptions, irNet } from './ir-net.ts'
export { type QuicknetBlockOptions, quicknet } from './quicknet.ts'
export { type Quicknet01BlockOptions, quicknet01 } from './quicknet-0-1.ts'
export { type ReactOptions, react } from './react.ts'
export { realDownsample } from './real-downsample.ts'
export { type RealToBinaryOptions, realToBinary } from './real-to-binary.ts'
export { type Downsample, shortcut } from './shortcut.ts'
export { shortcutPerConvolution } from './shortcut-per-convolution.ts'
export { type StrongBaselineOptions, strongBaseline } from './strong-baseline.ts'
export { type XnorBlockOptions, type XnorPlainOptions, xnor, xnorPlain } from './xnor.ts'

/** Every block of this package, for `createRegistry`. */
const blocks: readonly Block[] = [
  basic,
  xnor,
  xnorPlain,
  biReal,
  strongBaseline,
  realToBinary,
  hierarchical,
  groupNet,
  groupNetBottleneck,
  react,
  quicknet,
  quicknet01,
  irNet,
  adabin,
  binarizingByClassification,
  bnext,
  biRealBottleneck,
]
export default blocks
