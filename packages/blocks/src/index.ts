import type { Block } from '@onebit/core'
import { basic } from './basic.ts'
import { biReal } from './bi-real.ts'
import { groupNet } from './group-net.ts'
import { hierarchical } from './hierarchical.ts'
import { quicknet } from './quicknet.ts'
import { react } from './react.ts'
import { realToBinary } from './real-to-binary.ts'
import { strongBaseline } from './strong-baseline.ts'
import { xnor, xnorPlain } from './xnor.ts'

export { type BasicOptions, basic } from './basic.ts'
export { biReal } from './bi-real.ts'
export { binaryDownsample } from './binary-downsample.ts'
export { channelGate } from './channel-gate.ts'
export { type GroupNetOptions, groupNet } from './group-net.ts'
export { type HierarchicalOptions, hierarchical } from './hierarchical.ts'
export { type QuicknetBlockOptions, quicknet } from './quicknet.ts'
export { type ReactOptions, react } from './react.ts'
export { realDownsample } from './real-downsample.ts'
export { type RealToBinaryOptions, realToBinary } from './real-to-binary.ts'
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
  react,
  quicknet,
]
export default blocks
