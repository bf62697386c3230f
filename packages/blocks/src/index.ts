import type { Block } from '@onebit/core'
import { biReal } from './bi-real.ts'

export { biReal } from './bi-real.ts'
export { realDownsample } from './real-downsample.ts'

/** Every block of this package, for `createRegistry`. */
const blocks: readonly Block[] = [biReal]
export default blocks
