import type { Network } from '@onebit/core'
import { alexnet } from './alexnet.ts'
import { binaryNet } from './binary-net.ts'
import { bnext } from './bnext.ts'
import { hourglass } from './hourglass.ts'
import { hrnet } from './hrnet.ts'
import { quicknet } from './quicknet.ts'
import { quicknet01 } from './quicknet-0-1.ts'
import { reactA } from './react-a.ts'
import { resnet18, resnet34, resnet50 } from './resnet.ts'
import { resnetSmall } from './resnet-small.ts'
import { resnet20 } from './resnet20.ts'
import { simpleBaseline } from './simple-baseline.ts'
import { vggSmall } from './vgg-small.ts'

export { type AlexnetOptions, alexnet } from './alexnet.ts'
export { type BinaryNetOptions, binaryNet } from './binary-net.ts'
export { type BnextNetworkOptions, bnext } from './bnext.ts'
export { type HourglassOptions, hourglass } from './hourglass.ts'
export { type HrnetOptions, hrnet } from './hrnet.ts'
export type { NamedTechnique, PublishedNetwork, PublishedPoseNetwork } from './published-network.ts'
export { publishedNetworks } from './published-networks.ts'
export { publishedPoseNetworks } from './published-pose-networks.ts'
export { type QuicknetOptions, quicknet } from './quicknet.ts'
export { type Quicknet01Options, quicknet01 } from './quicknet-0-1.ts'
export { type ReactAOptions, reactA } from './react-a.ts'
export {
  blocksFor,
  type OutputStride,
  outputStrideOption,
  residualStages,
  type Stage,
  type StrideLimit,
} from './residual-stages.ts'
export { type ResnetDepth, type ResnetOptions, type ResnetStem, resnet18, resnet34, resnet50 } from './resnet.ts'
export { type ResnetSmallOptions, resnetSmall } from './resnet-small.ts'
export { type Resnet20Options, resnet20 } from './resnet20.ts'
export {
  publishedNetwork,
  publishedPoseNetwork,
  type ResolvedNetwork,
  type ResolvedPoseNetwork,
} from './resolve-published.ts'
export { type SimpleBaselineOptions, simpleBaseline } from './simple-baseline.ts'
export { type VggSmallOptions, vggSmall } from './vgg-small.ts'

/** Every network of this package, for `createRegistry`. */
const networks: readonly Network[] = [
  resnetSmall,
  resnet18,
  resnet34,
  resnet50,
  resnet20,
  alexnet,
  vggSmall,
  reactA,
  quicknet,
  quicknet01,
  bnext,
  binaryNet,
  hourglass,
  simpleBaseline,
  hrnet,
]
export default networks
